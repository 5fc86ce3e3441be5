package fakecuda

import "fmt"

// connect is not to be had where shared libraries are not opened by dlopen.
func connect(string) error { return fmt.Errorf("%w that makes libraries for Windows", ErrNoCompiler) }
