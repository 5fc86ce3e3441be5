package inference

import (
	"fmt"
	goruntime "runtime"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/kernel"
)

// CPU is the device of package cpu, in float32.
type CPU struct{ pool *kernel.Pool }

// NewCPU makes a device of so many threads; 0 is one for each core.
func NewCPU(threads int) *CPU { return &CPU{kernel.NewPool(threads)} }

// Machine prepares a form of m's bound.
func (c *CPU) Machine(m *runtime.Model, s runtime.Spec, p *runtime.Params[float32], grad bool) (runtime.Machine, error) {
	x, err := cpu.NewShards(m, s, p, c.pool, grad)
	if err != nil { // a nil *cpu.Shards is no nil runtime.Machine
		return nil, err
	}
	return x, nil
}

// Pool is the device's threads.
func (c *CPU) Pool() *kernel.Pool { return c.pool }

// Close ends the device's threads. What it made still works, on one.
func (c *CPU) Close() { c.pool.Close() }

// String names the architecture, the instruction set and the threads.
func (c *CPU) String() string {
	return fmt.Sprintf("cpu %s %s, %d threads", goruntime.GOARCH, kernel.Name(), c.pool.Threads())
}
