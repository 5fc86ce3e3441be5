package main

import (
	"errors"

	"ssmc/inference"
	"ssmc/runtime"
	"ssmc/runtime/gpu"
	"ssmc/runtime/kernel"
)

// either is a GPU, and a CPU for the forms of models that need more than a GPU can.
type either struct {
	first  *inference.GPU
	second *inference.CPU
	gave   bool // a machine of the second
}

// Machine prepares a form of m's bound, on the GPU if that has all kernels.
func (e *either) Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error) {
	if !e.gave {
		x, err := e.first.Machine(m, s, p, grad)
		var lacks *gpu.Unsupported
		if !errors.As(err, &lacks) {
			return x, err
		}
		e.gave = true // all that follows of one model reads the same parameters
	}
	return e.second.Machine(m, s, p, grad)
}

// Pool is the threads of the host.
func (e *either) Pool() *kernel.Pool { return e.second.Pool() }

// Close closes both.
func (e *either) Close() {
	e.first.Close()
	e.second.Close()
}

// String names the device that is used.
func (e *either) String() string {
	if e.gave {
		return e.second.String()
	}
	return e.first.String()
}
