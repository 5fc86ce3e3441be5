//go:build cu && (amd64 || arm64)

package driver

/*
#include <cuda.h>

// With headers of CUDA 11 the plain names have another meaning than later.
static CUresult ssmc_instantiate(CUgraphExec *e, CUgraph g) { return cuGraphInstantiateWithFlags(e, g, 0); }
static CUresult ssmc_begin(CUstream s) { return cuStreamBeginCapture(s, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL); }
*/
import "C"

import (
	"unsafe"

	"gorgonia.org/cu"
)

func (bound) newStream() (handle, code) {
	s, err := cu.MakeStream(cu.NonBlocking)
	return handleOf(s), codeOf(err)
}

func (bound) freeStream(stream handle) code {
	s := as[cu.Stream](stream)
	return codeOf(s.Destroy())
}

func (bound) wait(stream handle) code { return codeOf(as[cu.Stream](stream).Synchronize()) }

func (bound) beginCapture(stream handle) code { return code(C.ssmc_begin(cStream(stream))) }

func (bound) endCapture(stream handle) (handle, code) {
	var g C.CUgraph
	c := C.cuStreamEndCapture(cStream(stream), &g)
	return handle(unsafe.Pointer(g)), code(c)
}

func (bound) instantiate(graph handle) (handle, code) {
	var e C.CUgraphExec
	c := C.ssmc_instantiate(&e, *(*C.CUgraph)(unsafe.Pointer(&graph)))
	return handle(unsafe.Pointer(e)), code(c)
}

func (bound) freeGraph(graph handle) code {
	return code(C.cuGraphDestroy(*(*C.CUgraph)(unsafe.Pointer(&graph))))
}

func (bound) freeExecutable(e handle) code {
	return code(C.cuGraphExecDestroy(*(*C.CUgraphExec)(unsafe.Pointer(&e))))
}

func (bound) launchGraph(e, stream handle) code {
	return code(C.cuGraphLaunch(*(*C.CUgraphExec)(unsafe.Pointer(&e)), cStream(stream)))
}

func (bound) newEvent() (handle, code) {
	e, err := cu.MakeEvent(cu.DefaultEvent)
	return handleOf(e), codeOf(err)
}

func (bound) freeEvent(event handle) code {
	e := as[cu.Event](event)
	return codeOf(cu.DestroyEvent(&e))
}

func (bound) record(event, stream handle) code {
	return codeOf(as[cu.Event](event).Record(as[cu.Stream](stream)))
}

func (bound) waitEvent(event handle) code { return codeOf(as[cu.Event](event).Synchronize()) }

func (bound) elapsed(from, to handle) (float32, code) {
	ms, err := as[cu.Event](from).Elapsed(as[cu.Event](to))
	return float32(ms), codeOf(err)
}
