package driver

import "fmt"

const libraryName = "libcuda.so.1"

func orDefault(path string) string {
	if path == "" {
		return libraryName
	}
	return path
}

// missing says that the driver's library cannot be opened.
func missing(path string, err error) error {
	if path != "" {
		return fmt.Errorf("%w: SSMC_LIBCUDA names %s, which cannot be opened: %w", ErrNone, path, err)
	}
	return fmt.Errorf("%w: NVIDIA's driver is not installed: %s cannot be opened (%w); SSMC_LIBCUDA may name where it lies", ErrNone, libraryName, err)
}
