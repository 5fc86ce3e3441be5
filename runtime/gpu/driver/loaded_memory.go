//go:build !cu && (linux || windows) && (amd64 || arm64)

package driver

import (
	"unsafe"

	"github.com/ebitengine/purego"
)

func (l *loaded) alloc(n int) (uint64, code) {
	var p uint64
	c := call(l.entries.alloc, uintptr(unsafe.Pointer(&p)), uintptr(n))
	return p, c
}

func (l *loaded) free(p uint64) code { return call(l.entries.free, uintptr(p)) }

func (l *loaded) allocHost(n int) (unsafe.Pointer, code) {
	var p unsafe.Pointer
	c := call(l.entries.allocHost, uintptr(unsafe.Pointer(&p)), uintptr(n))
	return p, c
}

func (l *loaded) freeHost(p unsafe.Pointer) code { return call(l.entries.freeHost, uintptr(p)) }

func (l *loaded) memoryInfo() (left, total uint64, c code) {
	c = call(l.memInfo, uintptr(unsafe.Pointer(&left)), uintptr(unsafe.Pointer(&total)))
	return left, total, c
}

func (l *loaded) upload(to uint64, from unsafe.Pointer, n int, stream handle) code {
	r, _, _ := purego.SyscallN(l.entries.upload, uintptr(to), uintptr(from), uintptr(n), uintptr(stream))
	return code(uint32(r))
}

func (l *loaded) download(to unsafe.Pointer, from uint64, n int, stream handle) code {
	r, _, _ := purego.SyscallN(l.entries.download, uintptr(to), uintptr(from), uintptr(n), uintptr(stream))
	return code(uint32(r))
}

func (l *loaded) copy(to, from uint64, n int, stream handle) code {
	return call(l.entries.copy, uintptr(to), uintptr(from), uintptr(n), uintptr(stream))
}

func (l *loaded) fill(to uint64, word uint32, n int, stream handle) code {
	return call(l.entries.fill, uintptr(to), uintptr(word), uintptr(n), uintptr(stream))
}
