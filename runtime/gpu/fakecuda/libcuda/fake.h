// What the files of the stand-in share. Names and numbers are those of cuda.h,
// which is not needed to build it.
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default"))) int

typedef uint64_t ptr; // an address on the device, which is one of the host's

enum {
	OK = 0,
	INVALID_VALUE = 1,
	OUT_OF_MEMORY = 2,
	NOT_INITIALIZED = 3,
	DEVICE_UNAVAILABLE = 46,
	NO_DEVICE = 100,
	INVALID_DEVICE = 101,
	INVALID_CONTEXT = 201,
	NO_BINARY_FOR_GPU = 209,
	INVALID_PTX = 218,
	UNSUPPORTED_PTX_VERSION = 222,
	INVALID_HANDLE = 400,
	NOT_FOUND = 500,
	NOT_READY = 600,
	ILLEGAL_ADDRESS = 700,
	LAUNCH_FAILED = 719,
	COOPERATIVE_LAUNCH_TOO_LARGE = 720,
	NOT_SUPPORTED = 801,
	CAPTURE_UNSUPPORTED = 900,
	CAPTURE_INVALIDATED = 901,
};

// What the pretend device has; env.c reads it from the environment.
typedef struct {
	int version, devices, sms, major, minor, busy;
	int fail_launch, launched; // the number of the launch that fails, or 0; and of those that were
	size_t memory, shared_optin, shared_sm;
	char name[64];
} settings;

extern settings is;

// Every call holds the lock to its end: threads take turns.
void hold(void);
void leave(int *);
#define GUARD __attribute__((cleanup(leave), unused)) int guard = (hold(), 0)

void read_settings(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// A function of a module: what a launch must know of it.
enum { MAX_PARAMS = 64 };
typedef struct {
	uint64_t id; // that of the interpreter, or 0
	char name[128];
	int params, offset[MAX_PARAMS], size[MAX_PARAMS];
	int shared, max_threads, cluster[3];
	int dynamic; // bytes of shared memory that launches may add
} function;

// The interpreter of kernels, which Go gives: see interpreter in Go.
typedef struct {
	int what;
	const char *text;
	uint64_t id, address, bytes;
	int grid[3], block[3];
	void *params;
	function *function;
	char *log;
	uint64_t log_size;
} request;

enum { LOAD = 1, UNLOAD, FUNCTION, LAUNCH, ALLOC, FREE };
extern int (*interpreter)(request *);
int ask(request *r);

// Work that waits in a stream, or makes up a graph.
typedef struct op {
	enum { COPY, FILL, KERNEL, MARK } what;
	struct op *next;
	void *to;
	const void *from;
	size_t n;
	unsigned value;
	function *function;
	int grid[3], block[3], dynamic;
	unsigned char *params;
	struct event *event;
} op;

typedef struct {
	op *first, **last;
} list;

typedef struct event {
	int recorded, done;
	double at;
} event;

typedef struct {
	list work, captured;
	int capturing, spoilt;
} stream;

int enter(const char *call); // the checks that every call begins with
int submit(stream *s, op o);
int drain(void);           // does all that waits
void forget(list *l);
list repeat(list *l);
void set_fault(int code, const char *text);
int fault_code(void);
const char *fault_text(void);

void *held(ptr p, size_t n);            // device memory, or NULL
int pinned(const void *p, size_t n);
int blocks_per_sm(function *f, int threads, int dynamic);

// What is alive, to find what is never given back.
enum { CONTEXTS, MODULES, STREAMS, EVENTS, GRAPHS, MEMORY, PINNED, SORTS };
extern int alive[SORTS];
