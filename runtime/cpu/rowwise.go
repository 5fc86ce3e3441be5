package cpu

import "ssmc/runtime/op"

// A rowSolver computes one row of a result at a time, in float64.
type rowSolver interface {
	// forget says that inputs which serve every row may have changed.
	forget()
	// value sets out to the result's row.
	value(out []float64, in [][]float64)
	// gradient sets each of din that is not nil to the gradient by its input,
	// given the result's row and the gradient by it.
	gradient(din, in [][]float64, out, dout []float64)
}

// rowwiseOp runs a solver on the rows of its inputs; an input that is one row
// serves all. Gradients of those are added up over blocks of rows, which do not
// depend on the number of threads.
type rowwiseOp[F Float] struct {
	links[F]
	cost       int // of a row, as split has it
	threads    []rows
	partial    [][]float64 // for inputs that serve all rows, gradients by block
	part, back func(w, lo, hi int)
	blocks     func(w, lo, hi int)
}

// rows is what one thread works on.
type rows struct {
	solver    rowSolver
	in, din   [][]float64
	buf       [][]float64 // memory of din
	out, dout []float64
}

// rowBlock is the rows whose gradients are added up first.
const rowBlock = 64

func newRowwise[F Float](l links[F], cost int, make1 func() rowSolver) operation[F] {
	r := &rowwiseOp[F]{links: l, cost: cost, threads: make([]rows, l.pool.Threads()), partial: make([][]float64, len(l.in))}
	for i := range r.threads {
		q := rows{solver: make1(), din: make([][]float64, len(l.in)), out: make([]float64, l.out.shape.Cols), dout: make([]float64, l.out.shape.Cols)}
		for _, a := range l.in {
			q.in, q.buf = append(q.in, make([]float64, a.shape.Cols)), append(q.buf, make([]float64, a.shape.Cols))
		}
		r.threads[i] = q
	}
	r.part, r.back, r.blocks = r.values, r.gradients, r.sums
	return r
}

// shared reports whether input i is one row that serves all.
func (o *rowwiseOp[F]) shared(i int) bool { return servesAll(o.in[i].shape, o.out.shape) }

// servesAll reports whether an input is one row, and the result is not.
func servesAll(in, out op.Shape) bool {
	return in.Axis == op.Once && in.Rows == 1 && !(out.Axis == op.Once && out.Rows == 1)
}

func (o *rowwiseOp[F]) forward(lo, hi int) { o.split(lo, hi, (hi-lo)*o.cost, o.part) }

func (o *rowwiseOp[F]) values(w, lo, hi int) {
	q := &o.threads[w]
	o.begin(q)
	for r := lo; r < hi; r++ {
		o.load(q, r)
		q.solver.value(q.out, q.in)
		for j, v := range q.out {
			o.out.row(r)[j] = F(v)
		}
	}
}

// begin reads the inputs that serve every row.
func (o *rowwiseOp[F]) begin(q *rows) {
	q.solver.forget()
	for i, a := range o.in {
		if o.shared(i) {
			widen(q.in[i], a.row(0))
		}
	}
}

// load reads row r of the other inputs.
func (o *rowwiseOp[F]) load(q *rows, r int) {
	for i, a := range o.in {
		if !o.shared(i) {
			widen(q.in[i], a.row(r))
		}
	}
}

func widen[F Float](dst []float64, src []F) {
	for j, v := range src {
		dst[j] = float64(v)
	}
}

func (o *rowwiseOp[F]) backward(lo, hi int) {
	for i := range o.in {
		if o.wants(i) && !o.shared(i) {
			o.split(lo, hi, 2*(hi-lo)*o.cost, o.back)
			return
		}
	}
}

func (o *rowwiseOp[F]) gradients(w, lo, hi int) {
	q := &o.threads[w]
	o.begin(q)
	for r := lo; r < hi; r++ {
		o.pull(q, r, false)
		for i, d := range q.din {
			if d != nil {
				o.put(i, r, d)
			}
		}
	}
}

// pull finds the gradients of row r: by inputs that serve every row, or by the
// others.
func (o *rowwiseOp[F]) pull(q *rows, r int, shared bool) {
	o.load(q, r)
	widen(q.out, o.out.row(r))
	widen(q.dout, o.dout.row(r))
	for i := range o.in {
		q.din[i] = nil
		if o.wants(i) && o.shared(i) == shared {
			q.din[i] = q.buf[i]
		}
	}
	q.solver.gradient(q.din, q.in, q.out, q.dout)
}

// put writes the gradient of row r of input i.
func (o *rowwiseOp[F]) put(i, r int, d []float64) {
	row, add := o.din[i].row(r), o.din[i].add
	for j, v := range d {
		if add {
			v += float64(row[j])
		}
		row[j] = F(v)
	}
}

// finish adds up the gradients of inputs that serve every row.
func (o *rowwiseOp[F]) finish() {
	n, wanted := (o.out.rows+rowBlock-1)/rowBlock, false
	for i, a := range o.in {
		if o.wants(i) && o.shared(i) {
			wanted = true
			o.partial[i] = grow(o.partial[i], n*a.cols)
			clear(o.partial[i])
		}
	}
	if !wanted {
		return
	}
	o.split(0, n, 2*o.out.rows*o.cost, o.blocks)
	for i, a := range o.in {
		if o.wants(i) && o.shared(i) {
			o.settle(i, a.cols)
		}
	}
}

// sums adds up the gradients of blocks [lo,hi).
func (o *rowwiseOp[F]) sums(w, lo, hi int) {
	q := &o.threads[w]
	o.begin(q)
	for b := lo; b < hi; b++ {
		for r := b * rowBlock; r < min((b+1)*rowBlock, o.out.rows); r++ {
			o.pull(q, r, true)
			for i, d := range q.din {
				if d != nil {
					addTo(o.partial[i][b*len(d):][:len(d)], d)
				}
			}
		}
	}
}

// settle adds up the blocks of input i.
func (o *rowwiseOp[F]) settle(i, cols int) {
	p := o.partial[i]
	total := o.threads[0].buf[i]
	clear(total)
	for at := 0; at < len(p); at += cols {
		addTo(total, p[at:][:cols])
	}
	o.put(i, 0, total)
}
