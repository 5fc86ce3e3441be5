#define _GNU_SOURCE
#include "fake.h"
#include <stdarg.h>

settings is;
int (*interpreter)(request *);
int alive[SORTS];

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

void hold(void) { pthread_mutex_lock(&lock); }
void leave(int *guard) {
	(void)guard;
	pthread_mutex_unlock(&lock);
}

static long number(const char *name, long otherwise) {
	const char *v = getenv(name);
	return v && *v ? strtol(v, NULL, 0) : otherwise;
}

// read_settings reads what is pretended. Each is an environment variable.
void read_settings(void) {
	const char *name = getenv("FAKE_CUDA_NAME"), *capability = getenv("FAKE_CUDA_CAPABILITY");
	is.version = number("FAKE_CUDA_VERSION", 12040);
	is.devices = number("FAKE_CUDA_DEVICES", 1);
	is.sms = number("FAKE_CUDA_SMS", 2);
	is.busy = number("FAKE_CUDA_BUSY", 0);
	is.fail_launch = number("FAKE_CUDA_FAIL_LAUNCH", 0);
	is.memory = number("FAKE_CUDA_MEMORY", 4L << 30);
	is.major = 9, is.minor = 0;
	if (capability) sscanf(capability, "%d.%d", &is.major, &is.minor);
	is.shared_optin = is.major >= 9 ? 232448 : is.minor == 0 ? 166912 : 101376;
	is.shared_sm = is.shared_optin + 1024;
	snprintf(is.name, sizeof is.name, "%s", name ? name : "Pretend GPU");
}

// say appends a line to the file that FAKE_CUDA_LOG names.
void say(const char *format, ...) {
	const char *path = getenv("FAKE_CUDA_LOG");
	if (!path || !*path) return;
	FILE *f = fopen(path, "a");
	if (!f) return;
	va_list args;
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	fputc('\n', f);
	fclose(f);
}

// fake_interpreter gives the function that runs kernels; NULL: they do nothing.
API fake_interpreter(int (*f)(request *)) {
	interpreter = f;
	return OK;
}

int ask(request *r) { return interpreter ? interpreter(r) : OK; }

// fake_alive writes how many of each sort have not been given back.
API fake_alive(int *counts) {
	memcpy(counts, alive, sizeof alive);
	return OK;
}

// fake_sizes writes how large the structures are that Go has too.
API fake_sizes(int *sizes) {
	sizes[0] = sizeof(request), sizes[1] = sizeof(function);
	return OK;
}
