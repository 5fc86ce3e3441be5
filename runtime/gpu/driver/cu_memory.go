//go:build cu && (amd64 || arm64)

package driver

import (
	"unsafe"

	"gorgonia.org/cu"
)

func (bound) alloc(n int) (uint64, code) {
	p, err := cu.MemAlloc(int64(n))
	return uint64(p), codeOf(err)
}

func (bound) free(p uint64) code { return codeOf(cu.MemFree(cu.DevicePtr(p))) }

func (bound) freeHost(p unsafe.Pointer) code { return codeOf(cu.MemFreeHost(p)) }

func (bound) memoryInfo() (left, total uint64, c code) {
	l, t, err := cu.MemInfo()
	return uint64(l), uint64(t), codeOf(err)
}

func (bound) upload(to uint64, from unsafe.Pointer, n int, stream handle) code {
	return codeOf(cu.MemcpyHtoDAsync(cu.DevicePtr(to), from, int64(n), as[cu.Stream](stream)))
}

func (bound) download(to unsafe.Pointer, from uint64, n int, stream handle) code {
	return codeOf(cu.MemcpyDtoHAsync(to, cu.DevicePtr(from), int64(n), as[cu.Stream](stream)))
}

func (bound) copy(to, from uint64, n int, stream handle) code {
	return codeOf(cu.MemcpyDtoDAsync(cu.DevicePtr(to), cu.DevicePtr(from), int64(n), as[cu.Stream](stream)))
}

func (bound) fill(to uint64, word uint32, n int, stream handle) code {
	return codeOf(cu.MemsetD32Async(cu.DevicePtr(to), uint(word), int64(n), as[cu.Stream](stream)))
}
