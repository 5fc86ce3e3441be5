//go:build !cu && !((linux || windows) && (amd64 || arm64))

package driver

import (
	"fmt"
	"runtime"
)

// open says that there is no way to the driver on this system.
func open(string) (library, error) {
	return nil, fmt.Errorf("%w: GPUs are not used on %s/%s", ErrNone, runtime.GOOS, runtime.GOARCH)
}
