#include "fake.h"

typedef struct {
	uint64_t id;
	char *text;
} module;

// isa is the newest PTX a driver reads, by its version: 11.8 reads 7.8.
static int isa(void) {
	int major = is.version / 1000, minor = is.version % 1000 / 10;
	return major >= 13 ? 90 + minor : major == 12 ? 80 + minor : 70 + minor;
}

// suits says whether the text is for this driver and device.
static int suits(const char *text, char *log, size_t n) {
	int major = 0, minor = 0, sm = 0;
	const char *version = strstr(text, ".version"), *target = strstr(text, ".target");
	if (!version || !target) return snprintf(log, n, "ptxas fatal: Missing .version directive at start of file"), INVALID_PTX;
	sscanf(version, ".version %d.%d", &major, &minor);
	sscanf(target, ".target sm_%d", &sm);
	if (10 * major + minor > isa())
		return snprintf(log, n, "ptxas fatal: Unsupported .version %d.%d", major, minor), UNSUPPORTED_PTX_VERSION;
	if (sm > 10 * is.major + is.minor)
		return snprintf(log, n, "PTX for sm_%d on a device of sm_%d%d", sm, is.major, is.minor), NO_BINARY_FOR_GPU;
	return OK;
}

API cuModuleLoadDataEx(module **m, const void *image, unsigned n, const int *options, void **values) {
	GUARD;
	int r = enter("cuModuleLoadDataEx");
	char none[1], *log = none;
	size_t size = sizeof none;
	for (unsigned i = 0; i < n; i++) {
		if (options[i] == 5) log = values[i];          // ERROR_LOG_BUFFER
		if (options[i] == 6) size = (size_t)values[i]; // ERROR_LOG_BUFFER_SIZE_BYTES
	}
	if (r || !image) return r ? r : INVALID_VALUE;
	if ((r = suits(image, log, size))) return r;
	request q = {.what = LOAD, .text = image, .bytes = strlen(image), .log = log, .log_size = size};
	if ((r = ask(&q))) return r;
	*m = malloc(sizeof **m);
	**m = (module){q.id, strdup(image)};
	alive[MODULES]++;
	return OK;
}

API cuModuleUnload(module *m) {
	GUARD;
	int r = enter("cuModuleUnload");
	if (!r) r = drain();
	ask(&(request){.what = UNLOAD, .id = m->id});
	free(m->text);
	free(m);
	alive[MODULES]--;
	return r;
}

API cuModuleGetFunction(function **f, module *m, const char *name) {
	GUARD;
	int r = enter("cuModuleGetFunction");
	if (r) return r;
	char head[160];
	snprintf(head, sizeof head, ".entry %s(", name);
	if (!strstr(m->text, head)) return NOT_FOUND;
	function *x = calloc(1, sizeof *x); // as long as the process: the driver has no call to free it
	snprintf(x->name, sizeof x->name, "%s", name);
	x->dynamic = 48 << 10;
	request q = {.what = FUNCTION, .id = m->id, .text = x->name, .function = x};
	if ((r = ask(&q))) return free(x), r;
	x->dynamic -= x->shared;
	if (x->cluster[0] && is.major < 9) return free(x), NOT_SUPPORTED;
	*f = x;
	return OK;
}

API cuFuncSetAttribute(function *f, int which, int v) {
	GUARD;
	int r = enter("cuFuncSetAttribute");
	if (r) return r;
	if (which != 8) return INVALID_VALUE; // MAX_DYNAMIC_SHARED_SIZE_BYTES
	if (v < 0 || v + f->shared > (int)is.shared_optin) return INVALID_VALUE;
	f->dynamic = v;
	return OK;
}

API cuFuncGetAttribute(int *v, int which, function *f) {
	GUARD;
	int r = enter("cuFuncGetAttribute");
	switch (which) {
	case 0: *v = f->max_threads ? f->max_threads : 1024; return r; // MAX_THREADS_PER_BLOCK
	case 1: *v = f->shared; return r;                              // SHARED_SIZE_BYTES
	case 8: *v = f->dynamic; return r;
	}
	return r ? r : INVALID_VALUE;
}

int blocks_per_sm(function *f, int threads, int dynamic) {
	int n = 2048 / ((threads + 31) / 32 * 32), by_memory = is.shared_sm / (f->shared + dynamic + 1024);
	if (n > 32) n = 32;
	return by_memory < n ? by_memory : n;
}

API cuOccupancyMaxActiveBlocksPerMultiprocessor(int *n, function *f, int threads, size_t dynamic) {
	GUARD;
	int r = enter("cuOccupancyMaxActiveBlocksPerMultiprocessor");
	if (r) return r;
	if (threads < 1 || threads > 1024) return INVALID_VALUE;
	*n = blocks_per_sm(f, threads, dynamic);
	return OK;
}
