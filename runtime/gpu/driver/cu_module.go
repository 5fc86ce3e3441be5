//go:build cu && (amd64 || arm64)

package driver

/*
#include <cuda.h>

static CUresult ssmc_load(CUmodule *m, const void *image, char *log, size_t n) {
	CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
	void *values[] = {log, (void *)n};
	return cuModuleLoadDataEx(m, image, 2, options, values);
}

static CUresult ssmc_alloc_host(void **p, size_t n) { return cuMemAllocHost_v2(p, n); }

static CUresult ssmc_launch(CUfunction f, const unsigned *d, unsigned shared, CUstream s, uintptr_t *params, int cooperative) {
	if (cooperative) return cuLaunchCooperativeKernel(f, d[0], d[1], d[2], d[3], d[4], d[5], shared, s, (void **)params);
	return cuLaunchKernel(f, d[0], d[1], d[2], d[3], d[4], d[5], shared, s, (void **)params, 0);
}
*/
import "C"

import (
	"unsafe"

	"gorgonia.org/cu"
)

func (bound) load(image, log []byte) (handle, code) {
	var m C.CUmodule
	c := C.ssmc_load(&m, unsafe.Pointer(&image[0]), (*C.char)(unsafe.Pointer(&log[0])), C.size_t(len(log)))
	return handle(unsafe.Pointer(m)), code(c)
}

func (bound) unload(module handle) code { return codeOf(as[cu.Module](module).Unload()) }

func (bound) function(module handle, name string) (handle, code) {
	f, err := as[cu.Module](module).Function(name)
	return handleOf(f), codeOf(err)
}

func (bound) functionAttribute(f handle, which int) (int, code) {
	v, err := as[cu.Function](f).Attribute(cu.FunctionAttribute(which))
	return v, codeOf(err)
}

// cFunction and cStream are what cgo calls a handle.
func cFunction(f handle) C.CUfunction { return *(*C.CUfunction)(unsafe.Pointer(&f)) }
func cStream(s handle) C.CUstream     { return *(*C.CUstream)(unsafe.Pointer(&s)) }

func (bound) setFunctionAttribute(f handle, which, value int) code {
	return code(C.cuFuncSetAttribute(cFunction(f), C.CUfunction_attribute(which), C.int(value)))
}

func (bound) occupancy(f handle, threads, shared int) (int, code) {
	n, err := as[cu.Function](f).MaxActiveBlocksPerMultiProcessor(threads, int64(shared))
	return n, codeOf(err)
}

func (bound) launch(f handle, g Grid, b Block, shared int, stream handle, args *Args, cooperative bool) code {
	d := [6]C.uint{C.uint(g[0]), C.uint(g[1]), C.uint(g[2]), C.uint(b[0]), C.uint(b[1]), C.uint(b[2])}
	together := C.int(0)
	if cooperative {
		together = 1
	}
	return code(C.ssmc_launch(cFunction(f), &d[0], C.uint(shared), cStream(stream),
		(*C.uintptr_t)(unsafe.Pointer(args.addresses())), together))
}

func (bound) allocHost(n int) (unsafe.Pointer, code) {
	var p unsafe.Pointer
	c := C.ssmc_alloc_host(&p, C.size_t(n))
	return p, code(c)
}
