package cpu

import (
	"fmt"

	"ssmc/runtime/op"
)

// An operation computes an op.Spec on arrays that were given to it once. The
// same operation serves a whole array at a time and, inside a scan, the rows of
// one time after another.
type operation[F Float] interface {
	// forward computes rows [lo,hi) of the result.
	forward(lo, hi int)
	// prepare is called once, when the gradients wanted are known.
	prepare()
	// backward takes the gradient of rows [lo,hi) of the result to the gradients
	// of the inputs' rows.
	backward(lo, hi int)
	// finish takes the gradient of the whole result, after backward has seen all
	// of it, to those of inputs whose rows are not the result's: see footprint.
	finish()
	link() *links[F]
}

// links is the arrays that an operation works on.
type links[F Float] struct {
	*env[F]
	spec op.Spec
	pos  string // where in the program it came from
	in   []*array[F]
	out  *array[F]
	dout *array[F]   // the gradient of out
	din  []target[F] // the gradients of in
}

// A target is where the gradient of an input goes: nowhere, into an array, or
// on top of what is there.
type target[F Float] struct {
	*array[F]
	add bool
}

func (l *links[F]) link() *links[F]   { return l }
func (l *links[F]) prepare()          {}
func (l *links[F]) backward(_, _ int) {}
func (l *links[F]) finish()           {}

// wants reports whether the gradient of input i is wanted.
func (l *links[F]) wants(i int) bool { return i < len(l.din) && l.din[i].array != nil }

// layout is how the result's rows are laid out in time.
func (l *links[F]) layout() *op.Layout { return l.dims.Layout(l.out.shape) }

// newOperation makes the operation for a spec and its result.
func newOperation[F Float](e *env[F], spec op.Spec, pos string, in []*array[F], out op.Shape) (operation[F], error) {
	l := links[F]{env: e, spec: spec, pos: pos, in: in}
	if e.carry != nil && op.Whole(spec) {
		return nil, fmt.Errorf("%s takes in whole sequences, and not pieces of them", spec.Name())
	}
	if s, ok := spec.(op.Slice); ok {
		l.out = e.columns(in[0], s.Lo, s.Hi)
		return &sliceOp[F]{links: l, lo: s.Lo, hi: s.Hi}, nil
	}
	switch s := spec.(type) { // whose results are views
	case op.Detach, op.Reweigh, op.Gate:
		l.out = e.columns(in[0], 0, out.Cols)
		return newView(l, s), nil
	}
	l.out = e.array(out)
	switch s := spec.(type) {
	case op.Affine:
		return newAffine(l, s), nil
	case *op.Map:
		return newMap(l, s), nil
	case op.Lag:
		return newLag(l, s.By), nil
	case op.Splice:
		return &spliceOp[F]{links: l, at: s.At}, nil
	case op.Expand:
		return newExpand(l), nil
	case op.Hold:
		return newHold(l, s.Every), nil
	case op.Tick:
		return &tickOp[F]{links: l, every: s.Every}, nil
	case op.Edge:
		return &edgeOp[F]{links: l, last: s.Last}, nil
	case op.Repeat:
		return newRepeat(l), nil
	case op.Concat:
		return newConcat(l), nil
	case op.OneHot:
		return &oneHotOp[F]{l}, nil
	case op.LogSoftmax:
		return newLogSoftmax(l), nil
	case op.Relax:
		return newRelax(l, s.Temperature), nil
	case op.Take:
		return &takeOp[F]{l}, nil
	case *op.Const:
		return newConst(l, s), nil
	case op.Total:
		return newTotal(l, s), nil
	case op.Ancestors:
		return newAncestors(l), nil
	case op.Gather:
		return &gatherOp[F]{l}, nil
	case op.Kalman:
		return newKalman(l, s), nil
	case op.Chain:
		return newChain(l, s), nil
	case op.Reshape:
		return &reshapeOp[F]{l}, nil
	case *op.Select:
		return newSelect(l, s), nil
	case op.BatchMul:
		return newBatchMul(l, s), nil
	case op.Cholesky:
		return newCholesky(l, s), nil
	case op.Inverse:
		return newInverse(l, s), nil
	case op.MVNormal:
		return newMVNormal(l, s), nil
	case op.NADE:
		return newNADE(l), nil
	}
	return nil, fmt.Errorf("no operation for %s", spec.Name())
}

// newView makes the operation for a spec whose result is its first input.
func newView[F Float](l links[F], spec op.Spec) operation[F] {
	switch s := spec.(type) {
	case op.Reweigh:
		return &reweighOp[F]{l}
	case op.Gate:
		return &gateOp[F]{l, s.Least}
	}
	return &detachOp[F]{l}
}

// A phase is when an operation writes the gradient of an input.
type phase uint8

const (
	direct phase = iota // in backward, first
	summed              // in backward, after what is direct: sums of rows
	last                // in finish
)

// A footprint is the part of an input's gradient that an operation writes, and
// when: columns [lo,hi), and if partial, not every row of them.
type footprint struct {
	lo, hi  int
	partial bool
	phase   phase
}

// footprintOf is the footprint of spec in the gradient of input i.
func footprintOf(spec op.Spec, in []op.Shape, out op.Shape, i int) footprint {
	f := footprint{hi: in[i].Cols}
	once := in[i].Axis == op.Once && in[i].Rows == 1
	switch s := spec.(type) {
	case op.Affine:
		if i == 1 || i == 2 && once {
			f.phase = last
		}
	case *op.Map:
		v := s.Vars[i]
		f.lo, f.hi = v.Off, v.Off+v.Cols
		switch {
		case once && !(out.Axis == op.Once && out.Rows == 1):
			f.phase = last
		case v.Cols == 1 && mapWidth(s) > 1:
			f.phase = summed
		}
	case op.Gather:
		f.partial = true
	case op.Lag:
		f.partial = i == 0
		if i == 1 {
			f.phase = last
		}
	case op.Splice:
		f.partial = i == 0
		if in[i].Axis != op.Frame {
			f.phase = last
		}
	case op.Hold:
		f.partial = true
	case op.Edge:
		f.partial, f.phase = true, last
	case op.Take:
		if !in[0].SameRows(out) {
			f.partial, f.phase = true, last
		}
	case op.Slice:
		f.lo, f.hi = s.Lo, s.Hi
	case op.Expand, op.Repeat:
		f.phase = last
	case op.NADE:
		if i > 2 {
			f.phase = last
		}
	case op.Kalman, op.Chain:
		if in[i].Axis != op.Frame {
			f.phase = last
		}
	case op.BatchMul, op.MVNormal:
		if once && !(out.Axis == op.Once && out.Rows == 1) {
			f.phase = last
		}
	}
	return f
}

// forgets reports whether a spec's result is memory of its own that its
// gradient does not read.
func forgets(spec op.Spec) bool {
	switch spec.(type) {
	case op.Affine, *op.Map, op.Lag, op.Splice, op.Hold, op.Edge, op.Expand, op.Concat, *op.Select, op.BatchMul:
		return true
	}
	return false
}

// mapWidth is the number of columns that a formula is evaluated over.
func mapWidth(m *op.Map) int {
	w := 1
	for _, v := range m.Vars {
		w = max(w, v.Cols)
	}
	return w
}
