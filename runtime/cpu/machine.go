// Package cpu runs the op graphs of package op on the CPU. It owns schedules,
// memory, and one operation for each spec of package op; the numbers are
// crunched by package kernel. It knows nothing of what a model means.
//
// A graph, differentiated by Gorgonia, becomes a list of tasks over arrays whose
// rows each batch counts. Gradients that Gorgonia adds up are added where they
// lie: the first operation to run writes, the others add.
package cpu

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// A Machine evaluates one form of a model's bound. It is not safe for use by
// several goroutines at a time.
type Machine[F Float] struct {
	results[F]
	model    *runtime.Model
	terms    []runtime.Term
	latents  []runtime.Term
	total    *totalOp[F]
	inputs   []*input[F]
	forward  []*task[F]
	backward []*task[F]
	leftover []columns[F]      // of the gradient that no task writes
	extra    []accumulation[F] // gradients of inputs that share a parameter
	params   *runtime.Params[F]
	gradient []F
	narrow   []float32 // the gradient in float32, if F is not
	norm     norm[F]
	coupled  bool // what some sequences give depends on others in the batch
	timed    bool
	tempo    tempo
	loading  OpTime // and norming, of what is no task
	norming  OpTime
}

// A task is one operation forwards, or back.
type task[F Float] struct {
	name, pos string
	stage     stage
	back      bool
	zero      []columns[F] // what must be zero beforehand
	writes    []*array[F]
	time      OpTime
}

// A stage computes whole arrays.
type stage interface {
	run()  // the results
	pull() // the gradients of the inputs
}

// alone is the stage of one operation outside any scan.
type alone[F Float] struct{ operation[F] }

func (a alone[F]) run() { a.forward(0, a.link().out.rows) }

func (a alone[F]) pull() {
	a.backward(0, a.link().out.rows)
	a.finish()
}

// graphs is held while a graph is built and differentiated: Gorgonia keeps nodes
// that all graphs share, and takes no care of threads.
var graphs sync.Mutex

// New builds the form of m's bound that spec asks for, and, where grad, its
// gradient by the parameters. The machine reads params at each run. A nil pool
// is one thread.
func New[F Float](m *runtime.Model, spec runtime.Spec, params *runtime.Params[F], pool *kernel.Pool, grad bool) (*Machine[F], error) {
	x := &Machine[F]{results: results[F]{env: newEnv[F](pool)}, model: m, params: params}
	if spec.Carry {
		x.env.carry = newCarry[F]()
	}
	graphs.Lock()
	defer graphs.Unlock()
	g := op.NewGraph()
	terms, err := m.Build(g, spec)
	if err != nil {
		return nil, err
	}
	for _, t := range terms {
		switch {
		case t.Kind == runtime.Latent:
			x.latents = append(x.latents, t)
		case t.Value.Shape.Cols != 1:
			return nil, fmt.Errorf("term %s is %v, not one column", t.Name, t.Value.Shape)
		default:
			x.terms = append(x.terms, t)
		}
	}
	x.dst, x.wide = make([][]float64, len(x.terms)), make([][]float64, len(x.latents))
	if err := compile(x, g, spec.Join, grad); err != nil {
		return nil, fmt.Errorf("compile the graph of %s: %w", m.Name, err)
	}
	x.norm.init(x.env, x.gradient)
	x.plan()
	return x, nil
}

// Run evaluates the terms and the cost, and the gradient if r asks for it.
// Where the cost or the gradient is not finite, the error is a *NotFinite.
func (x *Machine[F]) Run(b *runtime.Batch, r runtime.Run) error {
	if err := x.check(b, r); err != nil {
		return err
	}
	if err := x.evaluate(b, r); err != nil {
		return err
	}
	x.env.carry.commit()
	return nil
}

// evaluate is Run, but what is carried from it is noted and not kept.
func (x *Machine[F]) evaluate(b *runtime.Batch, r runtime.Run) error {
	if err := x.load(b, r); err != nil {
		return err
	}
	x.tempo.keep(x.env.pool, x.env.dims.Sampled.N, x.perform, r.Grad)
	if finite(x.total.cost, x.norm.value, r.Grad) == nil {
		return nil
	}
	return x.diagnose(b, r)
}

// load lays all arrays out for the batch, and fills the inputs.
func (x *Machine[F]) load(b *runtime.Batch, r runtime.Run) error {
	begin := time.Now()
	x.env.dims.Set(b.Lens, r.K)
	x.env.coef, x.env.scale = r.Coef, cmp.Or(r.Scale, 1)
	if err := x.env.carry.begin(b, r.K); err != nil {
		return err
	}
	x.env.memory.fit(x.env.dims)
	if err := x.fill(b, r); err != nil {
		return err
	}
	x.env.fit()
	if x.timed {
		x.loading.stop(begin)
	}
	return nil
}

// fill fills the inputs.
func (x *Machine[F]) fill(b *runtime.Batch, r runtime.Run) error {
	for _, in := range x.inputs {
		in.fit(x.env.dims)
		if err := in.load(x, b, r); err != nil {
			return err
		}
	}
	return nil
}

// measure takes the norm of the gradient.
func (x *Machine[F]) measure() {
	begin := time.Now()
	x.norm.measure()
	if x.timed {
		x.norming.stop(begin)
	}
}

// check reports a run that cannot be.
func (x *Machine[F]) check(b *runtime.Batch, r runtime.Run) error {
	switch {
	case r.K < 1:
		return fmt.Errorf("a run needs at least one sample, not %d", r.K)
	case len(r.Coef) != len(x.terms):
		return fmt.Errorf("%d coefficients for %d terms", len(r.Coef), len(x.terms))
	case r.Grad && x.gradient == nil:
		return fmt.Errorf("the machine was built without gradients")
	case len(b.Lens) == 0:
		return fmt.Errorf("a batch needs at least one sequence")
	case b.From != nil && len(b.From) != len(b.Lens), b.More != nil && len(b.More) != len(b.Lens):
		return fmt.Errorf("a batch says of each sequence where it begins and whether it goes on, or of none")
	}
	for i, n := range b.Lens {
		if n < 1 || i > 0 && n > b.Lens[i-1] {
			return fmt.Errorf("lengths %v must be positive and never rise", b.Lens)
		}
	}
	return nil
}

// perform runs the tasks, and takes the norm of the gradient.
func (x *Machine[F]) perform(grad bool) {
	for _, t := range x.forward {
		x.do(t)
	}
	x.env.carry.read()
	if !grad {
		return
	}
	for _, t := range x.backward {
		x.do(t)
	}
	for _, c := range x.leftover {
		c.clear()
	}
	for _, a := range x.extra {
		a.add()
	}
	x.measure()
}

func (x *Machine[F]) do(t *task[F]) {
	begin := time.Now()
	t.begin()
	if t.back {
		t.stage.pull()
	} else {
		t.stage.run()
	}
	if x.timed {
		t.time.stop(begin)
		t.time.Flops.Add(t.flops())
	}
}

// begin makes zero what must be.
func (t *task[F]) begin() {
	for _, c := range t.zero {
		c.clear()
	}
}

// Cost is the cost in the last run.
func (x *Machine[F]) Cost() float64 { return x.total.cost }

// Terms describes the terms.
func (x *Machine[F]) Terms() []runtime.Term { return x.terms }

// Gradient is the gradient of the cost in the last run, laid out as the
// parameters are. The next run overwrites it.
func (x *Machine[F]) Gradient() []float32 { return x.single(x.gradient) }

// single is a gradient in float32.
func (x *Machine[F]) single(gradient []F) []float32 {
	if g, ok := any(gradient).([]float32); ok {
		return g
	}
	x.narrow = grow(x.narrow, len(gradient))
	for i, v := range gradient {
		x.narrow[i] = float32(v)
	}
	return x.narrow
}

// Grad is Gradient in the machine's own precision.
func (x *Machine[F]) Grad() []F { return x.gradient }

// Norm is the Euclidean norm of the gradient in the last run that had one.
func (x *Machine[F]) Norm() float64 { return x.norm.value }
