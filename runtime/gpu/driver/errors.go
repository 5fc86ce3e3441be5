package driver

import (
	"errors"
	"fmt"
)

// ErrNone is wrapped by errors that say why no device can be used at all: there
// is no driver, it is too old, it has no device, or the device is another's.
var ErrNone = errors.New("no GPU can be used")

// ErrMemory is wrapped by errors of a device that has not the memory asked for.
var ErrMemory = errors.New("not enough memory on the GPU")

// Error is a call that the driver refused, or work that failed before it.
type Error struct {
	// Call is the driver's function, such as cuMemAlloc.
	Call string
	// Code is the driver's number of the error, a CUresult.
	Code int
	// Name is the driver's name of the error, such as CUDA_ERROR_INVALID_VALUE.
	Name string
	// Text is what the driver says of it.
	Text string
}

func (e *Error) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("%s: %s", e.Call, e.Name)
	}
	return fmt.Sprintf("%s: %s: %s", e.Call, e.Name, e.Text)
}

// failure gives the error of a result, or nil.
func failure(l library, call string, c code) error {
	if c == success {
		return nil
	}
	name, text := l.errorText(c)
	if name == "" {
		name = fmt.Sprintf("error %d", c)
	}
	return &Error{call, int(c), name, text}
}

// none says why no device can be used: what is known of a result, then what the
// driver says itself.
func none(l library, call string, c code) error {
	advice := map[code]string{
		noDevice:         "the driver finds no device; see that nvidia-smi lists one, and that CUDA_VISIBLE_DEVICES does not hide it",
		stubLibrary:      "what was opened is the toolkit's stub of libcuda and no driver; take its folder from LD_LIBRARY_PATH",
		unavailable:      "the device is busy or kept for one process; see nvidia-smi",
		outOfMemory:      "the device's memory is taken by other programs; see nvidia-smi",
		systemCallFailed: "the system refuses access to the device; see the rights of /dev/nvidia*",
		notPermitted:     "the system refuses access to the device; see the rights of /dev/nvidia*",
		notReady:         "the system is not ready; its fabric manager may not run",
		driverMismatch:   "the driver's library and its kernel module are of different versions; restart the machine",
	}[c]
	if advice == "" {
		advice = "the driver does not start"
	}
	return fmt.Errorf("%w: %s (%w)", ErrNone, advice, failure(l, call, c))
}
