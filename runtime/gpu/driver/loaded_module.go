//go:build !cu && (linux || windows) && (amd64 || arm64)

package driver

import (
	"runtime"
	"unsafe"
)

// Options of the compiler: where it may write what is wrong, and how much.
const (
	jitErrorLog     = 5
	jitErrorLogSize = 6
)

func (l *loaded) load(image, log []byte) (handle, code) {
	var pin runtime.Pinner // the log's address lies in an array, where escape analysis does not see it
	pin.Pin(&log[0])
	defer pin.Unpin()
	options := [2]uint32{jitErrorLog, jitErrorLogSize}
	values := [2]uintptr{uintptr(unsafe.Pointer(&log[0])), uintptr(len(log))}
	var h handle
	c := call(l.entries.load, uintptr(unsafe.Pointer(&h)), uintptr(unsafe.Pointer(&image[0])), uintptr(len(options)),
		uintptr(unsafe.Pointer(&options)), uintptr(unsafe.Pointer(&values)))
	return h, c
}

func (l *loaded) unload(module handle) code { return call(l.entries.unload, uintptr(module)) }

func (l *loaded) function(module handle, name string) (handle, code) {
	text := append([]byte(name), 0)
	var h handle
	c := call(l.entries.function, uintptr(unsafe.Pointer(&h)), uintptr(module), uintptr(unsafe.Pointer(&text[0])))
	return h, c
}

func (l *loaded) functionAttribute(f handle, which int) (int, code) {
	var v int32
	c := call(l.functionGet, uintptr(unsafe.Pointer(&v)), uintptr(which), uintptr(f))
	return int(v), c
}

func (l *loaded) setFunctionAttribute(f handle, which, value int) code {
	return call(l.functionSet, uintptr(f), uintptr(which), uintptr(value))
}

func (l *loaded) occupancy(f handle, threads, shared int) (int, code) {
	var n int32
	c := call(l.entries.occupancy, uintptr(unsafe.Pointer(&n)), uintptr(f), uintptr(threads), uintptr(shared))
	return int(n), c
}
