package cpu

import (
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// An env is what the operations of a machine share: the layout of the batch,
// the threads, memory, and packed weights.
type env[F Float] struct {
	dims    *op.Dims
	pool    *kernel.Pool
	arrays  []*array[F]
	memory  memory[F]
	packs   map[*array[F]]*weight[F]
	scratch kernel.Scratch[F]
	runs    uint64 // runs so far: weights are packed once in each
	loop    loop

	portion *portion    // of the batch that the machine is given; nil is all
	coef    []float64   // of the terms
	scale   float64     // of the cost
	weights *weights[F] // of the samples that the cost joins, or nil
	carry   *carry[F]   // over the cuts of sequences, or nil
}

// A loop is the arguments of split, kept here because a closure over them
// would be allocated at each call.
type loop struct {
	part          func(lo, hi int)
	f             func(w, lo, hi int)
	lo, hi, parts int
}

func newEnv[F Float](pool *kernel.Pool) *env[F] {
	e := &env[F]{pool: pool, dims: &op.Dims{}, packs: map[*array[F]]*weight[F]{}}
	e.loop.part = func(lo, hi int) {
		for w := lo; w < hi; w++ {
			l := &e.loop
			n := l.hi - l.lo
			l.f(w, l.lo+n*w/l.parts, l.lo+n*(w+1)/l.parts)
		}
	}
	return e
}

// array makes an array that owns its memory.
func (e *env[F]) array(s op.Shape) *array[F] {
	a := &array[F]{shape: s}
	e.arrays = append(e.arrays, a)
	return a
}

// columns makes a view of columns of a.
func (e *env[F]) columns(a *array[F], lo, hi int) *array[F] {
	v := e.array(a.shape.WithCols(hi - lo))
	v.base, v.off = a, lo
	return v
}

// fit lays all arrays out for the batch, after inputs were given their memory.
func (e *env[F]) fit() {
	e.runs++
	for _, a := range e.arrays {
		a.fit(e.dims)
	}
}

// grain is the operations on single numbers that make another thread worth its
// while: some microseconds.
const grain = 1 << 14

// split runs f over the rows [lo,hi), cut into one range for each thread w;
// cost is the operations on single numbers in all. What f computes must not
// depend on the cuts.
func (e *env[F]) split(lo, hi, cost int, f func(w, lo, hi int)) {
	parts := min(e.pool.Threads(), cost/grain, hi-lo)
	if parts <= 1 {
		f(0, lo, hi)
		return
	}
	e.loop.f, e.loop.lo, e.loop.hi, e.loop.parts = f, lo, hi, parts
	e.pool.Run(parts, 1, e.loop.part)
}

// A weight is the right operand of products, packed when a run first uses it.
type weight[F Float] struct {
	array  *array[F]
	matrix *kernel.Matrix[F]
	run    uint64

	plain, transposed *array[F] // where it is packed; nil if it is not
}

// weight is the packed form of a, the same for all operations.
func (e *env[F]) weight(a *array[F]) *weight[F] {
	if w, ok := e.packs[a]; ok {
		return w
	}
	w := &weight[F]{array: a, matrix: kernel.NewMatrix[F](a.shape.Rows, a.shape.Cols)}
	e.packs[a] = w
	return w
}

// packed is w's matrix with the values of this run.
func (e *env[F]) packed(w *weight[F]) *kernel.Matrix[F] {
	if w.run != e.runs {
		w.matrix.Lend(dataOf(w.plain), dataOf(w.transposed))
		w.matrix.Set(w.array.data, w.array.ld)
		w.run = e.runs
	}
	return w.matrix
}

// form is the memory of a packed form of w.
func (e *env[F]) form(w *weight[F], transposed bool) *array[F] {
	plain, other := w.matrix.Sizes()
	at, size := &w.plain, plain
	if transposed {
		at, size = &w.transposed, other
	}
	if *at == nil {
		*at = e.array(op.Static(1, size))
	}
	return *at
}

// dataOf is the data of an array, if it is there.
func dataOf[F Float](a *array[F]) []F {
	if a == nil {
		return nil
	}
	return a.data
}

// addTo adds src to dst.
func addTo[F Float](dst, src []F) { kernel.ApplyBinary(kernel.Add, dst, dst, src) }

// put writes src to dst, or adds it there.
func put[F Float](dst, src []F, add bool) {
	if add {
		addTo(dst, src)
	} else {
		copy(dst, src)
	}
}
