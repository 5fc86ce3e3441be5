package gpu

import (
	"fmt"
	"math"
	"slices"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// A Machine evaluates one form of a model's bound on a GPU.
type Machine struct {
	results
	device    *Device
	host      *cpu.Machine[float32] // plans, and finds numbers that are not finite
	plan      *cpu.Plan[float32]
	program   *program
	model     *runtime.Model
	params    *runtime.Params[float32]
	spec      runtime.Spec
	grad      bool
	single    []float32 // the gradient, here
	sheet     sheet
	built     *build // for the room of batches so far, or nil
	functions *functions
	kept      *kept // the data set, or nil
	trainer   *trainer
	wanted    room // by Reserve
}

// New builds the form of m's bound that spec asks for, and, where grad, its
// gradient by the parameters. Ops that have no kernel are named in an error.
func (d *Device) New(m *runtime.Model, spec runtime.Spec, params *runtime.Params[float32], grad bool) (*Machine, error) {
	if spec.Carry {
		return nil, &Unsupported{Op: "carry=true", Why: "(states kept over the cuts of sequences)"}
	}
	host, err := cpu.New(m, spec, params, nil, grad)
	if err != nil {
		return nil, err
	}
	x := &Machine{device: d, host: host, plan: host.Schedule(), model: m, params: params, spec: spec, grad: grad}
	x.program = lower(&x.plan.Schedule, len(params.Values))
	if len(x.program.unsupported) > 0 {
		return nil, x.program.unsupported[0]
	}
	x.results.dims, x.results.terms, x.results.latents, x.results.fetch = &op.Dims{}, x.plan.Terms, x.plan.Latents, x.download
	return x, nil
}

// Terms describes the terms.
func (x *Machine) Terms() []runtime.Term { return x.host.Terms() }

// Run evaluates the terms and the cost, and the gradient if r asks for it.
// Where the cost or the gradient is not finite, the error is a *cpu.NotFinite.
func (x *Machine) Run(b *runtime.Batch, r runtime.Run) error {
	return x.run(b, r, forms{grad: r.Grad}, move{})
}

// run is Run, or an update.
func (x *Machine) run(b *runtime.Batch, r runtime.Run, f forms, m move) error {
	if err := x.check(b, r); err != nil {
		return err
	}
	x.device.mu.Lock()
	defer x.device.mu.Unlock()
	x.dims.Set(b.Lens, r.K)
	x.coef = append(x.coef[:0], r.Coef...)
	err := x.device.ctx.Do(func() error {
		if err := x.fit(room{r.K, x.dims.Base.T, x.dims.Base.B, x.dims.Base.N}); err != nil {
			return err
		}
		x.sheet.write(x.dims, b, r, m)
		if err := x.load(b); err != nil {
			return err
		}
		return x.built.launch(f)
	})
	if err != nil {
		return fmt.Errorf("run on %s: %w", x.device.info.Name, err)
	}
	x.forget()
	x.results.read(x.built.summary)
	if isFinite(x.cost) && (!r.Grad || isFinite(x.norm)) {
		return nil
	}
	return x.diagnose(b, r)
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// check reports a run that cannot be.
func (x *Machine) check(b *runtime.Batch, r runtime.Run) error {
	switch {
	case r.K < 1:
		return fmt.Errorf("a run needs at least one sample, not %d", r.K)
	case len(r.Coef) != len(x.terms):
		return fmt.Errorf("%d coefficients for %d terms", len(r.Coef), len(x.terms))
	case r.Grad && !x.grad:
		return fmt.Errorf("the machine was built without gradients")
	case len(b.Lens) == 0:
		return fmt.Errorf("a batch needs at least one sequence")
	case b.Data == nil && len(x.model.Ports) > 0 && (x.kept == nil || len(b.Rows) != len(b.Lens)):
		return fmt.Errorf("a batch without data needs a machine that keeps them")
	}
	for i, n := range b.Lens {
		if n < 1 || i > 0 && n > b.Lens[i-1] {
			return fmt.Errorf("lengths %v must be positive and never rise", b.Lens)
		}
	}
	return nil
}

// Reserve makes room for batches of so many samples, sequences and frames.
func (x *Machine) Reserve(samples, sequences, frames int) {
	x.wanted = room{samples, 0, sequences, frames}
}

// fit makes the build for a room, unless there is one that holds it.
func (x *Machine) fit(r room) error {
	if x.built != nil && x.built.holds(r) {
		return nil
	}
	if x.wanted.k == r.k {
		r = r.atLeast(x.wanted)
	}
	if x.built != nil && x.built.k == r.k {
		r = x.built.room.grown(r)
	}
	if x.built != nil {
		x.built.free()
		x.built = nil
	}
	b, err := newBuild(x, r)
	if err != nil {
		return err
	}
	x.built = b
	return nil
}

// atLeast is a room that holds what r and s do.
func (r room) atLeast(s room) room {
	return room{r.k, max(r.steps, s.steps), max(r.sequences, s.sequences), max(r.frames, s.frames)}
}

// load brings what the kernels read that is not there: parameters, and the batch's
// data unless the device has them.
func (x *Machine) load(b *runtime.Batch) error {
	ctx := x.device.ctx
	if v := x.device.values[x.params]; !v.there {
		if err := ctx.Upload(v.at, bytesOf(x.params.Values)); err != nil {
			return err
		}
	}
	if b.Data == nil {
		return nil
	}
	for _, in := range x.plan.Inputs {
		if err := x.loadPort(in, b); err != nil {
			return err
		}
	}
	return nil
}

// loadPort uploads the values of a port, or which of them are present.
func (x *Machine) loadPort(in schedule.Input, b *runtime.Batch) error {
	n := x.dims.Rows(in.Shape) * in.Shape.Cols
	at := x.built.given[in.Array]
	var values []float32
	switch in.Source.Kind {
	case op.Data:
		if in.Index < len(b.Data) {
			values = b.Data[in.Index]
		}
	case op.Present:
		if in.Index >= len(b.Present) || b.Present[in.Index] == nil {
			return x.device.ctx.Fill(at, math.Float32bits(1), n)
		}
		values = b.Present[in.Index]
	default:
		return nil
	}
	if len(values) != n {
		return fmt.Errorf("port %s needs %d values in this batch, not %d", in.Source.Name, n, len(values))
	}
	return x.device.ctx.Upload(at, bytesOf(values))
}

// download fetches an array of the last run, without the gaps between its rows.
func (x *Machine) download(dst []float32, a *schedule.Array) {
	x.device.mu.Lock()
	defer x.device.mu.Unlock()
	err := x.device.ctx.Do(func() error {
		p, ld := x.built.address(a)
		cols := a.Shape.Cols
		if ld == cols {
			return x.device.ctx.Download(bytesOf(dst), p)
		}
		rows := len(dst) / cols
		wide := make([]float32, (rows-1)*ld+cols)
		if err := x.device.ctx.Download(bytesOf(wide), p); err != nil {
			return err
		}
		for r := range rows {
			copy(dst[r*cols:(r+1)*cols], wide[r*ld:])
		}
		return nil
	})
	if err != nil { // a device that was lost: what follows says so
		fillNaN(dst)
	}
}

func fillNaN(dst []float32) {
	for i := range dst {
		dst[i] = float32(math.NaN())
	}
}

// Gradient is the gradient of the cost in the last run, laid out as the
// parameters are. The next call overwrites it.
func (x *Machine) Gradient() []float32 {
	x.single = slices.Grow(x.single[:0], len(x.params.Values))[:len(x.params.Values)]
	x.download(x.single, x.program.gradient)
	return x.single
}

// Bytes is the memory on the device that is held for arrays.
func (x *Machine) Bytes() int {
	if x.built == nil {
		return 0
	}
	return x.built.bytes
}

// Footprint is the bytes that batches of so many samples, sequences and frames take
// beside parameters, their gradient and the data.
func (x *Machine) Footprint(samples, sequences, frames int) int {
	a := atlas{room: room{samples, 0, sequences, frames}, memory: x.plan.Memory(samples)}
	slab, extra := a.numbers(x.program.scratch)
	return 4 * (slab + extra)
}

// diagnose finds the first number that is not finite by the same run on the host,
// whose noise is the same.
func (x *Machine) diagnose(b *runtime.Batch, r runtime.Run) error {
	if err := x.fetchValues(); err != nil {
		return err
	}
	if b.Data == nil {
		b = x.kept.batch(x.model.Ports, b)
	}
	if err := x.host.Run(b, r); err != nil {
		return err
	}
	return here(x.cost, x.norm)
}

// here is the error for a cost, or the norm of its gradient, that the host finds finite.
func here(cost, norm float64) *cpu.NotFinite {
	e := &cpu.NotFinite{Op: "cost, on the GPU alone: with --device cpu the same update is finite", Sequence: -1, Value: cost}
	if isFinite(cost) {
		e.Gradient, e.Value = true, norm
	}
	return e
}

// fetchValues sets the parameters here to those on the device, if those are ahead.
func (x *Machine) fetchValues() error {
	return x.device.ctx.Do(func() error {
		v := x.device.values[x.params]
		if v == nil || !v.there {
			return nil
		}
		return x.device.ctx.Download(bytesOf(x.params.Values), v.at)
	})
}
