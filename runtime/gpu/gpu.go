// Package gpu runs the op graphs of package op on an NVIDIA GPU. It takes the plan
// that package cpu makes of a differentiated graph (package schedule), lowers it to
// kernels' operations, and runs them as CUDA graphs: batches, noise, gradients,
// norms and updates never leave the device. It knows nothing of what a model means.
//
// Package kernels has the device's code, package ptx prints formulas as more of it,
// package driver talks to the driver. Packages ptxemu and fakecuda stand in for a
// GPU in tests.
package gpu

import (
	"fmt"
	"slices"
	"sync"

	"ssmc/runtime"
	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
)

// A Precision is what products are computed in. All else is in float32.
type Precision string

// The precisions of products. Sums are in float32 with all.
const (
	FP32 Precision = "fp32" // three products of tf32 halves: as accurate as float32
	TF32 Precision = "tf32" // factors of 11 bits
	BF16 Precision = "bf16" // factors of 8 bits
)

// Precisions lists them, the most accurate first.
var Precisions = []Precision{FP32, TF32, BF16}

// A Device is one GPU.
type Device struct {
	ctx       *driver.Context
	info      driver.Info
	precision Precision
	mu        sync.Mutex // one machine runs at a time
	products  *driver.Module
	values    map[*runtime.Params[float32]]*values
}

// Open opens GPU number i, from 0. The error wraps driver.ErrNone where there is
// no driver or no such GPU, and says what is missing.
func Open(i int, p Precision) (*Device, error) {
	if !slices.Contains(Precisions, p) {
		return nil, fmt.Errorf("there is no precision %q: it is one of %v", p, Precisions)
	}
	drv, err := driver.Open()
	if err != nil {
		return nil, err
	}
	ctx, err := drv.Context(i)
	if err != nil {
		return nil, err
	}
	d := &Device{ctx: ctx, info: ctx.Info(), precision: p, values: map[*runtime.Params[float32]]*values{}}
	if least := [2]int{8, 0}; slices.Compare(d.info.Capability[:], least[:]) < 0 {
		ctx.Close()
		return nil, fmt.Errorf("%s has compute capability %d.%d: the kernels need 8.0 (Ampere) or later; use --device cpu",
			d.info.Name, d.info.Capability[0], d.info.Capability[1])
	}
	err = ctx.Do(func() (err error) {
		d.products, err = ctx.Load(kernels.Text("gemm"))
		return err
	})
	if err != nil {
		ctx.Close()
		return nil, fmt.Errorf("load the kernels of products: %w", err)
	}
	return d, nil
}

// Info describes the GPU.
func (d *Device) Info() driver.Info { return d.info }

// String names the GPU and the precision of products.
func (d *Device) String() string {
	return fmt.Sprintf("cuda %s, %d multiprocessors, %s products", d.info.Name, d.info.SMs, d.precision)
}

// Close ends what was opened. Machines of the device cannot run after it.
func (d *Device) Close() { d.ctx.Close() }

// values is the parameters on the device.
type values struct {
	at    driver.Pointer
	there bool // they are ahead of those on the host
}

// valuesOf is p's place on the device.
func (d *Device) valuesOf(p *runtime.Params[float32]) (*values, error) {
	if v := d.values[p]; v != nil {
		return v, nil
	}
	at, err := d.ctx.Alloc(4 * max(1, len(p.Values)))
	if err != nil {
		return nil, err
	}
	v := &values{at: at}
	d.values[p] = v
	return v, nil
}
