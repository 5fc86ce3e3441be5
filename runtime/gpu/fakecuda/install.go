package fakecuda

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// TB is what Install needs of a *testing.T or *testing.B.
type TB interface {
	Helper()
	Setenv(key, value string)
	Skipf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// library is the one that this process has opened.
var library struct {
	once  sync.Once
	path  string
	err   error
	alive uintptr
	sizes uintptr
}

// Install makes the driver that a test opens the stand-in, whose kernels really
// compute: it sets SSMC_LIBCUDA until the test ends. Without a C compiler the
// test is skipped. It gives the path of the library.
func Install(t TB) string {
	t.Helper()
	path, err := Library()
	if errors.Is(err, ErrNoCompiler) {
		t.Skipf("the stand-in for libcuda cannot be built: %v", err)
	}
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Setenv("SSMC_LIBCUDA", path)
	return path
}

// Library builds and opens the stand-in, once a process, gives it the
// interpreter of kernels, and tells where it lies.
func Library() (path string, err error) {
	library.once.Do(func() {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		library.path, library.err = Build(filepath.Join(cache, "ssmc", "fakecuda"))
		if library.err == nil {
			library.err = connect(library.path)
		}
	})
	return library.path, library.err
}

var sorts = [...]string{"contexts", "modules", "streams", "events", "graphs", "blocks of memory", "blocks of pinned memory"}

// alive counts what was made with the stand-in and not given back, by sort.
func alive() (counts [len(sorts)]int32) {
	to := new([len(sorts)]int32)
	purego.SyscallN(library.alive, uintptr(unsafe.Pointer(to)))
	return *to
}

// sizesInC gives the bytes of a request and a function as the library has them.
func sizesInC() [2]int32 {
	to := new([2]int32)
	purego.SyscallN(library.sizes, uintptr(unsafe.Pointer(to)))
	return *to
}

// Watch gives a function that tells what was made with the stand-in since and
// not given back, as in "2 graphs". The stand-in must be installed.
func Watch() func() []string {
	before := alive()
	return func() []string {
		var out []string
		for i, n := range alive() {
			if n != before[i] {
				out = append(out, fmt.Sprintf("%d %s", n-before[i], sorts[i]))
			}
		}
		return out
	}
}
