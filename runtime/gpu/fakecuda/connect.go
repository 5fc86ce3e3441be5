//go:build !windows

package fakecuda

import (
	"fmt"

	"github.com/ebitengine/purego"
)

// connect opens the library and gives it the interpreter.
func connect(path string) error {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return fmt.Errorf("opening the stand-in for libcuda: %w", err)
	}
	give, err := purego.Dlsym(handle, "fake_interpreter")
	if err != nil {
		return err
	}
	for name, to := range map[string]*uintptr{"fake_alive": &library.alive, "fake_sizes": &library.sizes} {
		if *to, err = purego.Dlsym(handle, name); err != nil {
			return err
		}
	}
	in := newInterpreter()
	purego.SyscallN(give, purego.NewCallback(func(r *request) uintptr { return uintptr(in.answer(r)) }))
	return nil
}
