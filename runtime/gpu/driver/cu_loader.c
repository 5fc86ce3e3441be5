//go:build cu && (amd64 || arm64)

#include <dlfcn.h>
#include <stddef.h>

extern __attribute__((visibility("hidden"))) void *ssmc_cu_slots[];

static const char *const names[] = {
#define ENTRY(name) #name,
#include "cu_entries.h"
};

static int missing(void) { return 500; } // CUDA_ERROR_NOT_FOUND

static int (*really)(unsigned);

// ssmc_cu_open opens the driver's library and finds its functions. It gives what
// is wrong, or NULL.
const char *ssmc_cu_open(const char *path) {
	void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
	if (!library) return dlerror();
	really = (int (*)(unsigned))dlsym(library, "cuInit");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		void *at = dlsym(library, names[i]);
		ssmc_cu_slots[i] = at ? at : (void *)missing;
	}
	return really ? NULL : "it has no cuInit";
}

// cuInit does nothing before the library is open: gorgonia.org/cu calls it when
// the program starts, and would end the program where it fails.
__attribute__((visibility("hidden"))) int cuInit(unsigned flags) { return really ? really(flags) : 0; }
