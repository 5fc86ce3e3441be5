#include "fake.h"

// Devices and their primary contexts. A context is where its references are counted.
enum { MOST = 8 };
static int ready, references[MOST];
static __thread int *current;
static int fault;
static char why[1024];

void set_fault(int code, const char *text) {
	fault = code;
	snprintf(why, sizeof why, "%s", text);
}
int fault_code(void) { return fault; }
const char *fault_text(void) { return fault && *why ? why : NULL; }

// enter says what is wrong before a call begins. A fault of a kernel stays: the
// context is of no use after it.
int enter(const char *call) {
	say("%s", call);
	if (!ready) return NOT_INITIALIZED;
	if (!current || !*current) return INVALID_CONTEXT;
	return fault;
}

API cuInit(unsigned flags) {
	GUARD;
	read_settings();
	is.launched = 0;
	say("cuInit");
	if (flags) return INVALID_VALUE;
	ready = is.devices > 0;
	return ready ? OK : NO_DEVICE;
}

API cuDriverGetVersion(int *v) {
	GUARD;
	read_settings();
	*v = is.version;
	return OK;
}

API cuDeviceGetCount(int *n) {
	GUARD;
	*n = is.devices;
	return ready ? OK : NOT_INITIALIZED;
}

static int bad(int d) { return !ready ? NOT_INITIALIZED : d < 0 || d >= is.devices || d >= MOST ? INVALID_DEVICE : OK; }

API cuDeviceGet(int *d, int i) {
	GUARD;
	*d = i;
	return bad(i);
}

API cuDeviceGetName(char *name, int n, int d) {
	GUARD;
	if (bad(d)) return bad(d);
	snprintf(name, n, "%s", is.name);
	return OK;
}

API cuDeviceTotalMem_v2(size_t *n, int d) {
	GUARD;
	*n = is.memory;
	return bad(d);
}

API cuDeviceGetAttribute(int *v, int which, int d) {
	GUARD;
	if (bad(d)) return bad(d);
	switch (which) {
	case 1: *v = 1024; return OK;               // MAX_THREADS_PER_BLOCK
	case 10: *v = 32; return OK;                // WARP_SIZE
	case 16: *v = is.sms; return OK;            // MULTIPROCESSOR_COUNT
	case 75: *v = is.major; return OK;          // COMPUTE_CAPABILITY_MAJOR
	case 76: *v = is.minor; return OK;          // COMPUTE_CAPABILITY_MINOR
	case 81: *v = is.shared_sm; return OK;      // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
	case 95: *v = 1; return OK;                 // COOPERATIVE_LAUNCH
	case 97: *v = is.shared_optin; return OK;   // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
	case 120: *v = is.major >= 9; return OK;    // CLUSTER_LAUNCH
	}
	return INVALID_VALUE;
}

API cuDevicePrimaryCtxRetain(int **c, int d) {
	GUARD;
	say("cuDevicePrimaryCtxRetain %d", d);
	if (bad(d)) return bad(d);
	if (is.busy) return DEVICE_UNAVAILABLE;
	if (!references[d]++) alive[CONTEXTS]++, fault = OK;
	*c = &references[d];
	return OK;
}

API cuDevicePrimaryCtxRelease_v2(int d) {
	GUARD;
	say("cuDevicePrimaryCtxRelease %d", d);
	if (bad(d)) return bad(d);
	if (!references[d]) return INVALID_CONTEXT;
	if (!--references[d]) alive[CONTEXTS]--;
	return OK;
}

API cuCtxSetCurrent(int *c) {
	GUARD;
	if (c && (c < references || c >= references + MOST || !*c)) return INVALID_CONTEXT;
	current = c;
	return OK;
}

API cuCtxGetCurrent(int **c) {
	GUARD;
	*c = current;
	return ready ? OK : NOT_INITIALIZED;
}

static const struct {
	int code;
	const char *name, *text;
} codes[] = {
	{OK, "CUDA_SUCCESS", "no error"},
	{INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
	{OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
	{NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
	{DEVICE_UNAVAILABLE, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
	{NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
	{INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
	{INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
	{NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
	{INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
	{UNSUPPORTED_PTX_VERSION, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."},
	{INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
	{NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
	{NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
	{ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
	{LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
	{COOPERATIVE_LAUNCH_TOO_LARGE, "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE", "too many blocks in cooperative launch"},
	{NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
	{CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
	{CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
};

API cuGetErrorName(int code, const char **s) {
	GUARD;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == code) return *s = codes[i].name, OK;
	*s = NULL;
	return INVALID_VALUE;
}

// cuGetErrorString tells of a kernel's fault what the interpreter said.
API cuGetErrorString(int code, const char **s) {
	GUARD;
	if (code == fault && code && *why) return *s = why, OK;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i].code == code) return *s = codes[i].text, OK;
	*s = NULL;
	return INVALID_VALUE;
}
