package inference

import (
	"fmt"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
)

// A Device makes machines: it is where models are computed.
type Device interface {
	// Machine prepares one form of a model's bound, with its gradient or
	// without. It reads the parameters anew at each run.
	Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error)
	// Pool is the threads of the host for work beside the machine's.
	Pool() *kernel.Pool
	fmt.Stringer // what it is, in words
}
