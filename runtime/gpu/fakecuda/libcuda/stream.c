#include "fake.h"
#include <time.h>

// All work waits until someone waits for it: a buffer that is read or written
// too early holds what it held before, as it may with a device.
static stream *streams[64];

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static void append(list *l, op o) {
	op *p = malloc(sizeof *p);
	*p = o;
	p->next = NULL;
	if (!l->last) l->last = &l->first;
	*l->last = p;
	l->last = &p->next;
}

static int capturing(void) {
	for (int i = 0; i < 64; i++)
		if (streams[i] && streams[i]->capturing) return streams[i]->spoilt = 1;
	return 0;
}

int submit(stream *s, op o) {
	if (!s) return INVALID_HANDLE; // the null stream waits for all others: it is not used here
	if (s->capturing && s->spoilt) return CAPTURE_INVALIDATED;
	append(s->capturing ? &s->captured : &s->work, o);
	return OK;
}

static int launch(op *o) {
	if (++is.launched == is.fail_launch) return set_fault(LAUNCH_FAILED, "the launch was told to fail"), LAUNCH_FAILED;
	char why[1024] = "";
	request q = {.what = LAUNCH, .id = o->function->id, .text = o->function->name, .params = o->params, .bytes = o->dynamic,
	             .log = why, .log_size = sizeof why};
	memcpy(q.grid, o->grid, sizeof q.grid);
	memcpy(q.block, o->block, sizeof q.block);
	int r = ask(&q);
	if (r) set_fault(r, why);
	return r;
}

static int perform(op *o) {
	switch (o->what) {
	case COPY: memcpy(o->to, o->from, o->n); return OK;
	case FILL:
		for (size_t i = 0; i < o->n; i++) ((unsigned *)o->to)[i] = o->value;
		return OK;
	case KERNEL: return launch(o);
	case MARK: o->event->done = 1, o->event->at = now(); return OK;
	}
	return INVALID_VALUE;
}

void forget(list *l) {
	for (op *o = l->first, *next; o; o = next) {
		next = o->next;
		free(o->params);
		free(o);
	}
	*l = (list){NULL, NULL};
}

int drain(void) {
	if (capturing()) return CAPTURE_UNSUPPORTED;
	int r = fault_code();
	for (int i = 0; i < 64; i++) {
		if (!streams[i]) continue;
		list work = streams[i]->work;
		streams[i]->work = (list){NULL, NULL};
		for (op *o = work.first; o && !r; o = o->next) r = perform(o);
		forget(&work);
	}
	return r;
}

// repeat copies work, for a graph that is launched again and again.
list repeat(list *l) {
	list out = {NULL, NULL};
	for (op *o = l->first; o; o = o->next) {
		op c = *o;
		if (c.what == KERNEL) {
			size_t n = 1;
			for (int i = 0; i < c.function->params; i++) n += c.function->size[i] + 8;
			c.params = memcpy(malloc(n), o->params, n);
		}
		append(&out, c);
	}
	return out;
}

API cuStreamCreate(stream **s, unsigned flags) {
	GUARD;
	int r = enter("cuStreamCreate");
	if (r) return r;
	for (int i = 0; i < 64; i++) {
		if (streams[i]) continue;
		*s = streams[i] = calloc(1, sizeof **s);
		alive[STREAMS]++;
		return flags > 1 ? INVALID_VALUE : OK;
	}
	return OUT_OF_MEMORY;
}

API cuStreamDestroy_v2(stream *s) {
	GUARD;
	int r = enter("cuStreamDestroy");
	if (!r) r = drain();
	for (int i = 0; i < 64; i++) {
		if (!s || streams[i] != s) continue;
		forget(&s->work);
		forget(&s->captured);
		free(s);
		streams[i] = NULL;
		alive[STREAMS]--;
		return r;
	}
	return INVALID_HANDLE;
}

API cuStreamSynchronize(stream *s) {
	GUARD;
	int r = enter("cuStreamSynchronize");
	return r || !s ? r : drain();
}

API cuStreamBeginCapture_v2(stream *s, int mode) {
	GUARD;
	int r = enter("cuStreamBeginCapture");
	if (r) return r;
	if (mode < 0 || mode > 2) return INVALID_VALUE;
	if (s->capturing) return CAPTURE_UNSUPPORTED;
	s->capturing = 1, s->spoilt = 0;
	return OK;
}

API cuStreamEndCapture(stream *s, list **g) {
	GUARD;
	int r = enter("cuStreamEndCapture");
	if (r) return r;
	*g = NULL;
	if (!s->capturing) return INVALID_VALUE;
	list work = s->captured;
	s->capturing = 0, s->captured = (list){NULL, NULL};
	if (s->spoilt) return forget(&work), CAPTURE_INVALIDATED;
	*g = malloc(sizeof **g);
	**g = work;
	alive[GRAPHS]++;
	return OK;
}

API cuGraphInstantiateWithFlags(list **e, list *g, unsigned long long flags) {
	GUARD;
	int r = enter("cuGraphInstantiateWithFlags");
	if (r || flags) return r ? r : INVALID_VALUE;
	*e = malloc(sizeof **e);
	**e = repeat(g);
	alive[GRAPHS]++;
	return OK;
}

static int drop(list *g) {
	forget(g);
	free(g);
	alive[GRAPHS]--;
	return OK;
}

API cuGraphDestroy(list *g) {
	GUARD;
	enter("cuGraphDestroy");
	return drop(g);
}

API cuGraphExecDestroy(list *e) {
	GUARD;
	enter("cuGraphExecDestroy");
	return drop(e);
}

API cuGraphLaunch(list *e, stream *s) {
	GUARD;
	int r = enter("cuGraphLaunch");
	if (r) return r;
	list work = repeat(e);
	for (op *o = work.first, *next; o; o = next) {
		next = o->next;
		if (!r) r = submit(s, *o);
		free(o);
	}
	return r;
}

API cuEventCreate(event **e, unsigned flags) {
	GUARD;
	int r = enter("cuEventCreate");
	if (r) return r;
	(void)flags;
	*e = calloc(1, sizeof **e);
	alive[EVENTS]++;
	return OK;
}

API cuEventDestroy_v2(event *e) {
	GUARD;
	int r = enter("cuEventDestroy");
	if (!r) drain();
	free(e);
	alive[EVENTS]--;
	return OK;
}

API cuEventRecord(event *e, stream *s) {
	GUARD;
	int r = enter("cuEventRecord");
	if (r) return r;
	e->recorded = 1, e->done = 0;
	return submit(s, (op){.what = MARK, .event = e});
}

API cuEventSynchronize(event *e) {
	GUARD;
	int r = enter("cuEventSynchronize");
	return r || !e->recorded || e->done ? r : drain();
}

API cuEventElapsedTime(float *ms, event *from, event *to) {
	GUARD;
	int r = enter("cuEventElapsedTime");
	if (r) return r;
	if (!from->recorded || !to->recorded) return INVALID_HANDLE;
	if (!from->done || !to->done) return NOT_READY;
	*ms = (to->at - from->at) * 1e3;
	return OK;
}
