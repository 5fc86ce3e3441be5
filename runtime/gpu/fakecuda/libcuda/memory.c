#include "fake.h"

// Memory of the device is the host's. What is alive is in a list, so that what
// was freed, or lies past an end, is found out.
typedef struct block {
	struct block *next;
	uint64_t at;
	size_t n;
	int host;
} block;

static block *blocks;
static size_t used;

static block *find(uint64_t p, int host) {
	for (block *b = blocks; b; b = b->next)
		if (b->host == host && p >= b->at && p < b->at + (b->n ? b->n : 1)) return b;
	return NULL;
}

void *held(ptr p, size_t n) {
	block *b = find(p, 0);
	return b && n <= b->at + b->n - p ? (void *)p : NULL;
}

int pinned(const void *p, size_t n) {
	block *b = find((uint64_t)p, 1);
	return b && n <= b->at + b->n - (uint64_t)p;
}

// take gets memory full of NaNs, as a device's is full of what was there.
static void *take(size_t n, int host) {
	void *p = NULL;
	if (posix_memalign(&p, 256, n ? n : 1)) return NULL;
	memset(p, 0xff, n);
	block *b = malloc(sizeof *b);
	*b = (block){blocks, (uint64_t)p, n, host};
	blocks = b;
	used += host ? 0 : n;
	alive[host ? PINNED : MEMORY]++;
	return p;
}

static int give(uint64_t p, int host) {
	block **at = &blocks;
	while (*at && ((*at)->at != p || (*at)->host != host)) at = &(*at)->next;
	block *b = *at;
	if (b) {
		*at = b->next;
		used -= host ? 0 : b->n;
		alive[host ? PINNED : MEMORY]--;
	}
	if (!b) return INVALID_VALUE;
	free((void *)b->at);
	free(b);
	return OK;
}

API cuMemGetInfo_v2(size_t *left, size_t *total) {
	GUARD;
	int r = enter("cuMemGetInfo");
	*left = is.memory - used;
	*total = is.memory;
	return r;
}

API cuMemAlloc_v2(ptr *p, size_t n) {
	GUARD;
	int r = enter("cuMemAlloc");
	if (r) return r;
	if (!n) return INVALID_VALUE;
	if (n > is.memory - used) return OUT_OF_MEMORY;
	void *m = take(n, 0);
	if (!m) return OUT_OF_MEMORY;
	*p = (ptr)m;
	return ask(&(request){.what = ALLOC, .address = *p, .bytes = n});
}

// cuMemFree waits for all work, as the driver does.
API cuMemFree_v2(ptr p) {
	GUARD;
	int r = enter("cuMemFree"), failed;
	if (!r) r = drain();
	ask(&(request){.what = FREE, .address = p});
	failed = give(p, 0);
	return r ? r : failed;
}

API cuMemAllocHost_v2(void **p, size_t n) {
	GUARD;
	int r = enter("cuMemAllocHost");
	if (r) return r;
	if (!n) return INVALID_VALUE;
	*p = take(n, 1);
	return *p ? OK : OUT_OF_MEMORY;
}

API cuMemFreeHost(void *p) {
	GUARD;
	int r = enter("cuMemFreeHost"), failed;
	if (!r) r = drain();
	failed = give((uint64_t)p, 1);
	return r ? r : failed;
}

API cuMemcpyHtoDAsync_v2(ptr to, const void *from, size_t n, stream *s) {
	GUARD;
	int r = enter("cuMemcpyHtoDAsync");
	if (r) return r;
	if (!held(to, n) || !from) return INVALID_VALUE;
	if (s && s->capturing && !pinned(from, n)) return s->spoilt = 1, CAPTURE_UNSUPPORTED;
	return submit(s, (op){.what = COPY, .to = (void *)to, .from = from, .n = n});
}

API cuMemcpyDtoHAsync_v2(void *to, ptr from, size_t n, stream *s) {
	GUARD;
	int r = enter("cuMemcpyDtoHAsync");
	if (r) return r;
	if (!held(from, n) || !to) return INVALID_VALUE;
	if (s && s->capturing && !pinned(to, n)) return s->spoilt = 1, CAPTURE_UNSUPPORTED;
	return submit(s, (op){.what = COPY, .to = to, .from = (void *)from, .n = n});
}

API cuMemcpyDtoDAsync_v2(ptr to, ptr from, size_t n, stream *s) {
	GUARD;
	int r = enter("cuMemcpyDtoDAsync");
	if (r) return r;
	if (!held(from, n) || !held(to, n)) return INVALID_VALUE;
	return submit(s, (op){.what = COPY, .to = (void *)to, .from = (void *)from, .n = n});
}

API cuMemsetD32Async(ptr to, unsigned value, size_t n, stream *s) {
	GUARD;
	int r = enter("cuMemsetD32Async");
	if (r) return r;
	if (!held(to, 4 * n) || to % 4) return INVALID_VALUE;
	return submit(s, (op){.what = FILL, .to = (void *)to, .value = value, .n = n});
}
