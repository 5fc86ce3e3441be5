#include "fake.h"

// allowed says whether a launch is one that the driver takes.
static int allowed(function *f, const unsigned *g, const unsigned *b, unsigned dynamic, int cooperative) {
	unsigned long long threads = (unsigned long long)b[0] * b[1] * b[2], blocks = (unsigned long long)g[0] * g[1] * g[2];
	if (!f) return INVALID_HANDLE;
	if (!blocks || !threads || threads > 1024 || b[2] > 64) return INVALID_VALUE;
	if (g[0] > 0x7fffffff || g[1] > 65535 || g[2] > 65535) return INVALID_VALUE;
	if (f->max_threads && threads > (unsigned)f->max_threads) return INVALID_VALUE;
	if ((int)dynamic > f->dynamic) return INVALID_VALUE;
	for (int i = 0; i < 3; i++)
		if (f->cluster[i] && g[i] % f->cluster[i]) return INVALID_VALUE;
	if (cooperative && blocks > (unsigned long long)blocks_per_sm(f, threads, dynamic) * is.sms) return COOPERATIVE_LAUNCH_TOO_LARGE;
	return OK;
}

// gather copies the parameters: the caller may change them at once.
static unsigned char *gather(function *f, void **params) {
	size_t n = 1;
	for (int i = 0; i < f->params; i++) n += f->size[i] + 8; // and what aligns each
	unsigned char *out = calloc(1, n);
	for (int i = 0; i < f->params; i++) memcpy(out + f->offset[i], params[i], f->size[i]);
	return out;
}

static int enqueue(const char *call, function *f, const unsigned *g, const unsigned *b, unsigned dynamic, stream *s, void **params, int cooperative) {
	int r = enter(call);
	if (r) return r;
	say("%s %s <<<(%u,%u,%u), (%u,%u,%u), %u>>>%s", call, f ? f->name : "?", g[0], g[1], g[2], b[0], b[1], b[2], dynamic,
	    s && s->capturing ? " captured" : "");
	if ((r = allowed(f, g, b, dynamic, cooperative))) return r;
	if (f->params && !params) return INVALID_VALUE;
	op o = {.what = KERNEL, .function = f, .dynamic = dynamic, .params = gather(f, params)};
	for (int i = 0; i < 3; i++) o.grid[i] = g[i], o.block[i] = b[i];
	if ((r = submit(s, o))) free(o.params);
	return r;
}

API cuLaunchKernel(function *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned dynamic,
                   stream *s, void **params, void **extra) {
	GUARD;
	if (extra) return INVALID_VALUE; // the other way to give parameters is not used here
	return enqueue("cuLaunchKernel", f, (unsigned[]){gx, gy, gz}, (unsigned[]){bx, by, bz}, dynamic, s, params, 0);
}

API cuLaunchCooperativeKernel(function *f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                              unsigned dynamic, stream *s, void **params) {
	GUARD;
	return enqueue("cuLaunchCooperativeKernel", f, (unsigned[]){gx, gy, gz}, (unsigned[]){bx, by, bz}, dynamic, s, params, 1);
}
