package inference

import (
	"ssmc/runtime"
	"ssmc/runtime/gpu"
	"ssmc/runtime/kernel"
)

// GPU is a device of package gpu.
type GPU struct {
	device    *gpu.Device
	pool      *kernel.Pool
	precision gpu.Precision
}

// NewGPU opens GPU number i, from 0, with products in a precision, and so many
// threads of the host beside it; 0 is one for each core.
func NewGPU(i int, p gpu.Precision, threads int) (*GPU, error) {
	d, err := gpu.Open(i, p)
	if err != nil {
		return nil, err
	}
	return &GPU{d, kernel.NewPool(threads), p}, nil
}

// Machine prepares a form of m's bound.
func (g *GPU) Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error) {
	x, err := g.device.New(m, s, p, grad)
	if err != nil { // a nil *gpu.Machine is no nil runtime.Machine
		return nil, err
	}
	return x, nil
}

// Pool is the threads of the host.
func (g *GPU) Pool() *kernel.Pool { return g.pool }

// Precision is that of products.
func (g *GPU) Precision() gpu.Precision { return g.precision }

// Close ends the threads, and lets the GPU go.
func (g *GPU) Close() {
	g.pool.Close()
	g.device.Close()
}

// String names the GPU.
func (g *GPU) String() string { return g.device.String() }
