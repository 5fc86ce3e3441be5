package driver

import "unsafe"

// handle is what the driver calls a context, a module, a stream and so on.
type handle uintptr

// code is a CUresult.
type code uint32

// library is the driver's interface as far as it is used, without meaning. Each
// method is one call, or a few that belong together, and gives its result.
type library interface {
	init() code
	version() (int, code)
	errorText(c code) (name, text string)

	devices() (int, code)
	name(device int) (string, code)
	attribute(device, which int) (int, code)
	memory(device int) (uint64, code)
	retain(device int) (handle, code)
	release(device int) code
	current() (handle, code)
	setCurrent(context handle) code

	load(image []byte, log []byte) (handle, code)
	unload(module handle) code
	function(module handle, name string) (handle, code)
	functionAttribute(f handle, which int) (int, code)
	setFunctionAttribute(f handle, which, value int) code
	occupancy(f handle, threads, shared int) (int, code)

	alloc(n int) (uint64, code)
	free(p uint64) code
	allocHost(n int) (unsafe.Pointer, code)
	freeHost(p unsafe.Pointer) code
	memoryInfo() (left, total uint64, c code)
	upload(to uint64, from unsafe.Pointer, n int, stream handle) code
	download(to unsafe.Pointer, from uint64, n int, stream handle) code
	copy(to, from uint64, n int, stream handle) code
	fill(to uint64, word uint32, n int, stream handle) code

	newStream() (handle, code)
	freeStream(stream handle) code
	wait(stream handle) code
	launch(f handle, g Grid, b Block, shared int, stream handle, args *Args, cooperative bool) code

	beginCapture(stream handle) code
	endCapture(stream handle) (graph handle, c code)
	instantiate(graph handle) (executable handle, c code)
	freeGraph(graph handle) code
	freeExecutable(executable handle) code
	launchGraph(executable, stream handle) code

	newEvent() (handle, code)
	freeEvent(event handle) code
	record(event, stream handle) code
	waitEvent(event handle) code
	elapsed(from, to handle) (milliseconds float32, c code)
}

// Attributes of devices and functions, and results, as cuda.h numbers them.
const (
	deviceSMs         = 16
	deviceMajor       = 75
	deviceMinor       = 76
	deviceCooperative = 95
	deviceShared      = 97 // opt-in, a block

	functionThreads = 0
	functionShared  = 1 // that the text declares
	functionDynamic = 8 // that launches may add

	success          = code(0)
	outOfMemory      = code(2)
	stubLibrary      = code(34)
	unavailable      = code(46)
	noDevice         = code(100)
	noBinary         = code(209)
	unsupportedPTX   = code(222)
	systemCallFailed = code(304)
	notPermitted     = code(800)
	notReady         = code(802)
	driverMismatch   = code(803)
	tooLarge         = code(720)
)
