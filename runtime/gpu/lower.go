package gpu

import (
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// A lowering turns operations into instrs.
type lowering struct {
	plan     *schedule.Schedule
	programs programs
	scratch  []*schedule.Array                       // arrays beside those of the plan
	kept     map[*schedule.Operation]*schedule.Array // by the way forward for the way back
	summary  *schedule.Array                         // doubles: the cost, the sums of the terms, the norm
}

// array makes an array beside those of the plan.
func (l *lowering) array(s op.Shape) *schedule.Array {
	a := &schedule.Array{Shape: s, Number: -1}
	l.scratch = append(l.scratch, a)
	return a
}

// doubles makes an array of n numbers in double precision.
func (l *lowering) doubles(n int) *schedule.Array { return l.array(op.Static(1, 2*n)) }

// forward is what computes o's result.
func (l *lowering) forward(o *schedule.Operation) ([]instr, error) {
	out := o.Out.Shape
	in := func(code kernels.Code, numbers ...int) []instr {
		i := columns(code, out, out.Cols, whole(o.Out)).with(numbers...)
		for k, a := range o.In {
			i.a[k+1] = whole(a)
		}
		return []instr{i}
	}
	switch s := o.Spec.(type) {
	case op.Affine:
		return []instr{l.affine(o, s)}, nil
	case *op.Map:
		return []instr{l.mapForward(o, s)}, nil
	case op.Lag:
		return in(kernels.Lag, s.By), nil
	case op.Splice:
		return in(kernels.Splice, s.At), nil
	case op.Expand:
		return in(kernels.Expand), nil
	case op.Hold:
		return in(kernels.Hold, s.Every), nil
	case op.Tick:
		return in(kernels.Tick, s.Every), nil
	case op.Edge:
		return in(kernels.Edge, flag(s.Last)), nil
	case op.Repeat:
		i := in(kernels.Repeat)
		i[0].many = true
		return i, nil
	case op.OneHot:
		return in(kernels.OneHot), nil
	case op.LogSoftmax:
		return in(kernels.LogSoftmax), nil
	case op.Relax:
		i := in(kernels.Relax)
		i[0].f[0] = s.Temperature
		return i, nil
	case op.Take:
		i := in(kernels.Take)
		i[0].n[0] = o.In[0].Shape.Cols
		return i, nil
	case op.Concat:
		return l.concat(o), nil
	case *op.Select:
		i := in(kernels.Select)
		i[0].table = s.From
		return i, nil
	case op.Gather:
		return in(kernels.Gather), nil
	case op.NADE:
		return l.nade(o), nil
	case op.Reshape:
		return []instr{l.flatCopy(o.Out, o.In[0])}, nil
	case op.Slice, op.Detach, op.Gate, *op.Const:
		return nil, nil
	case op.Total:
		if s.Join != op.Mean {
			return nil, &Unsupported{Op: "the cost", Why: "for samples that are joined (" + s.Join.String() + ")"}
		}
		return l.total(o), nil
	}
	if i, ok := l.matrixForward(o); ok {
		return i, nil
	}
	return nil, &Unsupported{Op: o.Spec.Name(), Pos: o.Pos}
}

// affine is y = x W + c.
func (l *lowering) affine(o *schedule.Operation, s op.Affine) instr {
	x := o.In[0].Shape
	i := columns(kernels.Affine, o.Out.Shape, x.Cols, whole(o.Out), whole(o.In[0]), whole(o.In[1])).with(o.Out.Shape.Cols, flag(s.TransW), -1)
	if len(o.In) == 3 {
		i.a[3] = whole(o.In[2])
	}
	return i
}

// concat copies the operands beside each other.
func (l *lowering) concat(o *schedule.Operation) []instr {
	var list []instr
	off := 0
	for _, a := range o.In {
		d := a.Shape.Cols
		list = append(list, columns(kernels.Copy, o.Out.Shape, d, from(o.Out, off), whole(a)))
		off += d
	}
	return list
}

// flatCopy copies the numbers of an array in order.
func (l *lowering) flatCopy(dst, src *schedule.Array) instr {
	s := dst.Shape
	return columns(kernels.Copy, op.Static(1, 1), s.Rows*s.Cols, view{Array: dst, flat: true}, view{Array: src, flat: true})
}

// parts is into how many sums of rows are cut.
const parts = 64

// total adds up the terms, and then the cost.
func (l *lowering) total(o *schedule.Operation) []instr {
	n := len(o.In) - 1
	sums := l.doubles(max(1, n) * parts)
	var list []instr
	for i, a := range o.In[1:] {
		s := columns(kernels.Sum, a.Shape, 1, from(sums, 2*i*parts), whole(a)).with(parts)
		list = append(list, s)
	}
	return append(list, columns(kernels.Total, op.Static(1, 1), 1, whole(l.summary), whole(sums)).with(parts, n))
}
