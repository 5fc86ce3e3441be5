//go:build cu && (amd64 || arm64)

package driver

/*
// What every function is found by (cu_trampolines.S) makes -lcuda unneeded.
#cgo LDFLAGS: -Wl,--as-needed -ldl
#include <stdlib.h>
#include <cuda.h>
const char *ssmc_cu_open(const char *path);
*/
import "C"

import (
	"errors"
	"reflect"
	"unsafe"

	"gorgonia.org/cu"
)

// bound calls the driver through gorgonia.org/cu, and through cgo for what that
// lacks.
type bound struct{}

// open opens the driver's library for both.
func open(path string) (library, error) {
	name := C.CString(orDefault(path))
	defer C.free(unsafe.Pointer(name))
	if wrong := C.ssmc_cu_open(name); wrong != nil {
		return nil, missing(path, errors.New(C.GoString(wrong)))
	}
	return bound{}, nil
}

// codeOf gives the number of an error of gorgonia.org/cu, whose type has no name
// outside.
func codeOf(err error) code {
	if err == nil {
		return success
	}
	return code(reflect.ValueOf(err).Int())
}

// as makes a handle one of gorgonia.org/cu's, each of which is a pointer.
func as[T cu.CUContext | cu.Module | cu.Function | cu.Stream | cu.Event](h handle) T {
	return *(*T)(unsafe.Pointer(&h))
}

func handleOf[T cu.CUContext | cu.Function | cu.Stream | cu.Event](v T) handle {
	return *(*handle)(unsafe.Pointer(&v))
}

func (bound) init() code { return code(C.cuInit(0)) }

func (bound) version() (int, code) { return cu.Version(), success }

func (bound) errorText(c code) (name, text string) {
	var n, t *C.char
	C.cuGetErrorName(C.CUresult(c), &n)
	C.cuGetErrorString(C.CUresult(c), &t)
	return C.GoString(n), C.GoString(t)
}

func (bound) devices() (int, code) {
	n, err := cu.NumDevices()
	return n, codeOf(err)
}

func (bound) name(device int) (string, code) {
	name, err := cu.Device(device).Name()
	return name, codeOf(err)
}

func (bound) attribute(device, which int) (int, code) {
	v, err := cu.Device(device).Attribute(cu.DeviceAttribute(which))
	return v, codeOf(err)
}

func (bound) memory(device int) (uint64, code) {
	n, err := cu.Device(device).TotalMem()
	return uint64(n), codeOf(err)
}

func (bound) retain(device int) (handle, code) {
	c, err := cu.Device(device).RetainPrimaryCtx()
	return handleOf(c), codeOf(err)
}

func (bound) release(device int) code { return codeOf(cu.Device(device).ReleasePrimaryCtx()) }

func (bound) current() (handle, code) {
	c, err := cu.CurrentContext()
	return handleOf(c), codeOf(err)
}

func (bound) setCurrent(context handle) code {
	return codeOf(cu.SetCurrentContext(as[cu.CUContext](context)))
}
