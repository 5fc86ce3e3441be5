//go:build !cu && (linux || windows) && (amd64 || arm64)

package driver

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

// loaded calls the driver through the addresses of its functions. SyscallN makes
// what it is given the address of stay where it is (go:uintptrescapes); what is
// pointed to from memory is pinned.
type loaded struct{ entries }

// call is one call without results but its code.
//
//go:uintptrescapes
func call(at uintptr, args ...uintptr) code {
	r, _, _ := purego.SyscallN(at, args...)
	return code(uint32(r))
}

func (l *loaded) init() code { return call(l.entries.init, 0) }

func (l *loaded) version() (int, code) {
	var v int32
	c := call(l.entries.version, uintptr(unsafe.Pointer(&v)))
	return int(v), c
}

func (l *loaded) errorText(c code) (name, text string) {
	var n, t *byte
	call(l.errorName, uintptr(c), uintptr(unsafe.Pointer(&n)))
	call(l.errorString, uintptr(c), uintptr(unsafe.Pointer(&t)))
	return goString(n), goString(t)
}

// goString copies a text of C's.
func goString(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(p, n))
}

func (l *loaded) devices() (int, code) {
	var n int32
	c := call(l.count, uintptr(unsafe.Pointer(&n)))
	return int(n), c
}

func (l *loaded) name(device int) (string, code) {
	var b [256]byte
	c := call(l.entries.name, uintptr(unsafe.Pointer(&b)), uintptr(len(b)), uintptr(device))
	return cString(b[:]), c
}

func (l *loaded) attribute(device, which int) (int, code) {
	var v int32
	c := call(l.entries.attribute, uintptr(unsafe.Pointer(&v)), uintptr(which), uintptr(device))
	return int(v), c
}

func (l *loaded) memory(device int) (uint64, code) {
	var n uint64
	c := call(l.totalMem, uintptr(unsafe.Pointer(&n)), uintptr(device))
	return n, c
}

func (l *loaded) retain(device int) (handle, code) {
	var h handle
	c := call(l.entries.retain, uintptr(unsafe.Pointer(&h)), uintptr(device))
	return h, c
}

func (l *loaded) release(device int) code { return call(l.entries.release, uintptr(device)) }

func (l *loaded) current() (handle, code) {
	var h handle
	c := call(l.entries.current, uintptr(unsafe.Pointer(&h)))
	return h, c
}

func (l *loaded) setCurrent(context handle) code { return call(l.set, uintptr(context)) }
