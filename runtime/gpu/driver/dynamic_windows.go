//go:build !cu && (amd64 || arm64)

package driver

import "syscall"

// openLibrary opens a shared library, the driver's where no path is given.
func openLibrary(path string) (uintptr, error) {
	if path == "" {
		path = "nvcuda.dll"
	}
	h, err := syscall.LoadLibrary(path)
	return uintptr(h), err
}

func findSymbol(library uintptr, name string) (uintptr, error) {
	return syscall.GetProcAddress(syscall.Handle(library), name)
}
