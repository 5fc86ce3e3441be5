//go:build !cu && (amd64 || arm64)

package driver

import "github.com/ebitengine/purego"

// openLibrary opens a shared library, the driver's where no path is given.
func openLibrary(path string) (uintptr, error) {
	return purego.Dlopen(orDefault(path), purego.RTLD_NOW|purego.RTLD_GLOBAL)
}

func findSymbol(library uintptr, name string) (uintptr, error) { return purego.Dlsym(library, name) }
