//go:build !cu && (linux || windows) && (amd64 || arm64)

package driver

import (
	"math"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

const (
	streamNonBlocking  = 1 // it does not wait for the stream of those who name none
	captureThreadLocal = 1 // other threads may do what a capture cannot hold
)

func (l *loaded) newStream() (handle, code) {
	var h handle
	c := call(l.entries.newStream, uintptr(unsafe.Pointer(&h)), streamNonBlocking)
	return h, c
}

func (l *loaded) freeStream(stream handle) code { return call(l.entries.freeStream, uintptr(stream)) }

func (l *loaded) wait(stream handle) code {
	r, _, _ := purego.SyscallN(l.entries.wait, uintptr(stream))
	return code(uint32(r))
}

func (l *loaded) launch(f handle, g Grid, b Block, shared int, stream handle, args *Args, cooperative bool) code {
	where := args.addresses()
	var r uintptr
	if cooperative {
		r, _, _ = purego.SyscallN(l.cooperative, uintptr(f), uintptr(g[0]), uintptr(g[1]), uintptr(g[2]),
			uintptr(b[0]), uintptr(b[1]), uintptr(b[2]), uintptr(shared), uintptr(stream), uintptr(unsafe.Pointer(where)))
	} else {
		r, _, _ = purego.SyscallN(l.entries.launch, uintptr(f), uintptr(g[0]), uintptr(g[1]), uintptr(g[2]),
			uintptr(b[0]), uintptr(b[1]), uintptr(b[2]), uintptr(shared), uintptr(stream), uintptr(unsafe.Pointer(where)), 0)
	}
	runtime.KeepAlive(args)
	return code(uint32(r))
}

func (l *loaded) beginCapture(stream handle) code {
	return call(l.begin, uintptr(stream), captureThreadLocal)
}

func (l *loaded) endCapture(stream handle) (handle, code) {
	var h handle
	c := call(l.end, uintptr(stream), uintptr(unsafe.Pointer(&h)))
	return h, c
}

func (l *loaded) instantiate(graph handle) (handle, code) {
	var h handle
	c := call(l.entries.instantiate, uintptr(unsafe.Pointer(&h)), uintptr(graph), 0)
	return h, c
}

func (l *loaded) freeGraph(graph handle) code { return call(l.entries.freeGraph, uintptr(graph)) }

func (l *loaded) freeExecutable(e handle) code { return call(l.entries.freeExecutable, uintptr(e)) }

func (l *loaded) launchGraph(e, stream handle) code {
	r, _, _ := purego.SyscallN(l.entries.launchGraph, uintptr(e), uintptr(stream))
	return code(uint32(r))
}

func (l *loaded) newEvent() (handle, code) {
	var h handle
	c := call(l.entries.newEvent, uintptr(unsafe.Pointer(&h)), 0)
	return h, c
}

func (l *loaded) freeEvent(event handle) code { return call(l.entries.freeEvent, uintptr(event)) }

func (l *loaded) record(event, stream handle) code {
	return call(l.entries.record, uintptr(event), uintptr(stream))
}

func (l *loaded) waitEvent(event handle) code { return call(l.entries.waitEvent, uintptr(event)) }

func (l *loaded) elapsed(from, to handle) (float32, code) {
	var bits uint32
	c := call(l.entries.elapsed, uintptr(unsafe.Pointer(&bits)), uintptr(from), uintptr(to))
	return math.Float32frombits(bits), c
}
