package cpu

import (
	"sync/atomic"

	"ssmc/runtime/op"
)

// A solver computes one number a frame of one sequence at a time, in float64.
// Inputs are what the sequence has of them, without gaps: all rows of what is
// Once, one row of what is Seq, a row a frame of what is Frame.
type solver interface {
	// logLik sets ll, one number a frame.
	logLik(ll []float64, in [][]float64)
	// gradient sets each of din that is not nil to the gradient by its input,
	// given that by the results.
	gradient(din, in [][]float64, dll []float64)
}

// sequencesOp runs a solver on all sequences, the longest first: a thread that
// is done with one takes the next. What it computes for a sequence, and the
// order in which sequences are added up, depend on no thread.
type sequencesOp[F Float] struct {
	links[F]
	cost       int // of a frame, as split has it
	threads    []sequence
	next       atomic.Int64
	partial    [][]float64 // for inputs that are not Frame, gradients by sequence [B,size]
	solve, rev func(w, lo, hi int)
}

// A sequence is what one thread works on.
type sequence struct {
	solver  solver
	in, din [][]float64
	buf     [][]float64 // memory of din
	ll      []float64
}

func newSequences[F Float](l links[F], cost int, make1 func() solver) operation[F] {
	s := &sequencesOp[F]{links: l, cost: cost, threads: make([]sequence, l.pool.Threads()), partial: make([][]float64, len(l.in))}
	for i := range s.threads {
		in, din, buf := make([][]float64, len(l.in)), make([][]float64, len(l.in)), make([][]float64, len(l.in))
		s.threads[i] = sequence{solver: make1(), in: in, din: din, buf: buf}
	}
	s.solve, s.rev = s.drain(s.forwardOne), s.drain(s.backwardOne)
	return s
}

// drain takes sequences until there are none left.
func (s *sequencesOp[F]) drain(one func(q *sequence, b int)) func(w, lo, hi int) {
	return func(w, _, _ int) {
		for n := int64(s.layout().B); ; {
			b := s.next.Add(1) - 1
			if b >= n {
				return
			}
			one(&s.threads[w], int(b))
		}
	}
}

// each runs f, made by drain, on as many threads as the work is worth.
func (s *sequencesOp[F]) each(cost int, f func(w, lo, hi int)) {
	s.next.Store(0)
	s.split(0, min(len(s.threads), s.layout().B), cost*s.layout().N, f)
}

func (s *sequencesOp[F]) forward(lo, hi int) {
	if lo != 0 || hi != s.out.rows {
		panic("cpu: an operation on whole sequences inside a loop over time")
	}
	s.each(s.cost, s.solve)
}

func (s *sequencesOp[F]) forwardOne(q *sequence, b int) {
	s.load(q, b)
	q.solver.logLik(q.ll, q.in)
	s.unload(s.out, q.ll, b, false)
}

// load gives q the inputs of sequence b, and room for its results.
func (s *sequencesOp[F]) load(q *sequence, b int) {
	q.ll = grow(q.ll, s.layout().Len[b])
	for i, a := range s.in {
		q.in[i] = s.gather(q.in[i], a, b)
	}
}

// gather is what sequence b has of a, in dst if there is room.
func (s *sequencesOp[F]) gather(dst []float64, a *array[F], b int) []float64 {
	lay := s.layout()
	dst = grow(dst, s.rowsOf(a, b)*a.cols)
	for r := range s.rowsOf(a, b) {
		for j, v := range a.row(rowOf(a.shape.Axis, lay, b, r)) {
			dst[r*a.cols+j] = float64(v)
		}
	}
	return dst
}

// rowsOf is the number of rows that sequence b has of a.
func (s *sequencesOp[F]) rowsOf(a *array[F], b int) int {
	switch a.shape.Axis {
	case op.Seq:
		return 1
	case op.Frame:
		return s.layout().Len[b]
	}
	return a.rows
}

// rowOf is where row r of what sequence b has stands.
func rowOf(axis op.Axis, lay *op.Layout, b, r int) int {
	switch axis {
	case op.Seq:
		return b
	case op.Frame:
		return lay.Off[r] + b
	}
	return r
}

// unload puts src in the rows that sequence b has of a, or adds it there.
func (s *sequencesOp[F]) unload(a *array[F], src []float64, b int, add bool) {
	lay := s.layout()
	for r := range len(src) / a.cols {
		row := a.row(rowOf(a.shape.Axis, lay, b, r))
		for j, v := range src[r*a.cols:][:len(row)] {
			if add {
				v += float64(row[j])
			}
			row[j] = F(v)
		}
	}
}

func (s *sequencesOp[F]) backward(_, _ int) {
	for i, a := range s.in {
		if s.wants(i) && a.shape.Axis != op.Frame {
			s.partial[i] = grow(s.partial[i], s.layout().B*s.rowsOf(a, 0)*a.cols)
		}
	}
	s.each(3*s.cost, s.rev)
}

func (s *sequencesOp[F]) backwardOne(q *sequence, b int) {
	s.load(q, b)
	q.ll = s.gather(q.ll, s.dout, b)
	for i, a := range s.in {
		q.din[i] = nil
		if size := s.rowsOf(a, b) * a.cols; s.wants(i) {
			q.buf[i] = grow(q.buf[i], size)
			q.din[i] = q.buf[i]
		}
	}
	q.solver.gradient(q.din, q.in, q.ll)
	for i, d := range q.din {
		switch {
		case d == nil:
		case s.in[i].shape.Axis == op.Frame:
			s.unload(s.din[i].array, d, b, s.din[i].add)
		default:
			copy(s.partial[i][b*len(d):], d)
		}
	}
}

// finish adds up what the sequences give to inputs that they share, in order,
// or puts it in rows of their own.
func (s *sequencesOp[F]) finish() {
	for i, d := range s.din {
		if d.array == nil || s.in[i].shape.Axis == op.Frame {
			continue
		}
		size := len(s.partial[i]) / s.layout().B
		if s.in[i].shape.Axis == op.Once {
			s.sum(s.partial[i], size)
		}
		for b := range s.layout().B {
			if b == 0 || s.in[i].shape.Axis == op.Seq {
				s.unload(d.array, s.partial[i][b*size:][:size], b, d.add)
			}
		}
	}
}

// sum adds the rows of x to the first.
func (s *sequencesOp[F]) sum(x []float64, size int) {
	for at := size; at < len(x); at += size {
		addTo(x[:size], x[at:][:size])
	}
}
