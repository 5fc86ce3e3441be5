//go:build !cu && (linux || windows) && (amd64 || arm64)

package driver

import "fmt"

// entries are the addresses of the driver's functions.
type entries struct {
	init, version, errorName, errorString                                   uintptr
	count, device, name, attribute, totalMem, retain, release, current, set uintptr
	load, unload, function, functionGet, functionSet, occupancy             uintptr
	alloc, free, allocHost, freeHost, memInfo, upload, download, copy, fill uintptr
	newStream, freeStream, wait, launch, cooperative                        uintptr
	begin, end, instantiate, freeGraph, freeExecutable, launchGraph         uintptr
	newEvent, freeEvent, record, waitEvent, elapsed                         uintptr
}

// names tells how drivers call them: with the versions that all drivers since
// the oldest export, whatever newer headers make of the plain names.
func (e *entries) names() map[string]*uintptr {
	return map[string]*uintptr{
		"cuInit": &e.init, "cuDriverGetVersion": &e.version, "cuGetErrorName": &e.errorName, "cuGetErrorString": &e.errorString,

		"cuDeviceGetCount": &e.count, "cuDeviceGet": &e.device, "cuDeviceGetName": &e.name, "cuDeviceGetAttribute": &e.attribute,
		"cuDeviceTotalMem_v2": &e.totalMem, "cuDevicePrimaryCtxRetain": &e.retain, "cuDevicePrimaryCtxRelease_v2": &e.release,
		"cuCtxGetCurrent": &e.current, "cuCtxSetCurrent": &e.set,

		"cuModuleLoadDataEx": &e.load, "cuModuleUnload": &e.unload, "cuModuleGetFunction": &e.function,
		"cuFuncGetAttribute": &e.functionGet, "cuFuncSetAttribute": &e.functionSet,
		"cuOccupancyMaxActiveBlocksPerMultiprocessor": &e.occupancy,

		"cuMemAlloc_v2": &e.alloc, "cuMemFree_v2": &e.free, "cuMemAllocHost_v2": &e.allocHost, "cuMemFreeHost": &e.freeHost,
		"cuMemGetInfo_v2": &e.memInfo, "cuMemcpyHtoDAsync_v2": &e.upload, "cuMemcpyDtoHAsync_v2": &e.download,
		"cuMemcpyDtoDAsync_v2": &e.copy, "cuMemsetD32Async": &e.fill,

		"cuStreamCreate": &e.newStream, "cuStreamDestroy_v2": &e.freeStream, "cuStreamSynchronize": &e.wait,
		"cuLaunchKernel": &e.launch, "cuLaunchCooperativeKernel": &e.cooperative,

		"cuStreamBeginCapture_v2": &e.begin, "cuStreamEndCapture": &e.end, "cuGraphInstantiateWithFlags": &e.instantiate,
		"cuGraphDestroy": &e.freeGraph, "cuGraphExecDestroy": &e.freeExecutable, "cuGraphLaunch": &e.launchGraph,

		"cuEventCreate": &e.newEvent, "cuEventDestroy_v2": &e.freeEvent, "cuEventRecord": &e.record,
		"cuEventSynchronize": &e.waitEvent, "cuEventElapsedTime": &e.elapsed,
	}
}

// open opens the driver's library and finds its functions.
func open(path string) (library, error) {
	l := &loaded{}
	handle, err := openLibrary(path)
	if err != nil {
		return nil, missing(path, err)
	}
	for name, to := range l.names() {
		*to, _ = findSymbol(handle, name)
	}
	if l.entries.version == 0 {
		return nil, fmt.Errorf("%w: %s is no driver of NVIDIA's: it has no cuDriverGetVersion", ErrNone, orDefault(path))
	}
	v, _ := l.version()
	for name, to := range l.names() {
		if *to == 0 && v < oldest {
			return nil, tooOld(v)
		}
		if *to == 0 {
			return nil, fmt.Errorf("%w: driver %s lacks %s; install %s or newer", ErrNone, versionText(v), name, versionText(oldest))
		}
	}
	return l, nil
}
