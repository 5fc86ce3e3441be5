package cpu

import "ssmc/runtime/op"

// A portion is some sequences of a batch, one after another, of which a machine
// is given no others. A nil portion is all.
type portion struct {
	lo    int      // the first
	whole *op.Dims // of the batch
}

// each calls f with rows that follow each other in the portion and in the batch:
// n of them, from row at of the portion, which is row from of the batch. The
// arrays are of shape s, and the portion has the dimensions own.
func (p *portion) each(own *op.Dims, s op.Shape, f func(at, from, n int)) {
	if p == nil || s.Axis == op.Once {
		f(0, 0, own.Rows(s))
		return
	}
	mine, all := own.Layout(s), p.whole.Layout(s)
	lo := p.lo * (all.B / p.whole.Base.B)
	if s.Axis == op.Seq {
		f(0, lo, mine.B)
		return
	}
	for t := range mine.T {
		f(mine.Off[t], all.Off[t]+lo, mine.Size(t))
	}
}

// whole is the dimensions of the batch that the machine is given a portion of.
func (e *env[F]) whole() *op.Dims {
	if e.portion == nil {
		return e.dims
	}
	return e.portion.whole
}

// gather puts the rows of src, an array of a portion with the dimensions own,
// where they belong in that of the batch. What is there once is taken from the
// first portion.
func gather[F Float](p *portion, own *op.Dims, dst, src *array[F]) {
	if src.shape.Axis == op.Once && p.lo > 0 {
		return
	}
	p.each(own, src.shape, func(at, from, n int) {
		for r := range n {
			copy(dst.row(from+r), src.row(at+r))
		}
	})
}
