package gpu

import (
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// matrixForward is the result of an op over small matrices, if o is one.
func (l *lowering) matrixForward(o *schedule.Operation) ([]instr, bool) {
	out := o.Out.Shape
	switch s := o.Spec.(type) {
	case op.BatchMul:
		i := columns(kernels.BatchMul, out, s.M, whole(o.Out), whole(o.In[0]), whole(o.In[1])).with(s.K, s.N, flag(s.TransA), flag(s.TransB))
		return []instr{i}, true
	case op.Cholesky:
		return []instr{columns(kernels.Cholesky, out, s.N, whole(o.Out), whole(o.In[0]))}, true
	case op.Inverse:
		return []instr{columns(kernels.Inverse, out, s.N, whole(o.Out), whole(o.In[0]), l.room(out, s.N*s.N))}, true
	case op.MVNormal:
		i := columns(kernels.MVNormal, out, s.N, whole(o.Out), whole(o.In[0]), whole(o.In[1])).with(s.K, flag(s.Tri))
		if len(o.In) == 3 {
			i.a[3] = whole(o.In[2])
		}
		i.a[4] = l.room(out, 2*s.N*s.N+s.K*s.N)
		return []instr{i}, true
	}
	return nil, false
}

// room is cols numbers to work in for every row.
func (l *lowering) room(rows op.Shape, cols int) view { return whole(l.array(rows.WithCols(cols))) }

// matrixBack is the gradients of an op over small matrices, row by row. Those of an
// operand that serves all rows are kept for matrixFinish.
func (l *lowering) matrixBack(o *schedule.Operation) ([]instr, bool) {
	switch s := o.Spec.(type) {
	case op.BatchMul:
		return l.batchMulBack(o, s), true
	case op.Cholesky:
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.CholeskyBack, d.Shape, s.N, whole(d.Array), whole(o.DOut), whole(o.Out), l.room(d.Shape, s.N*s.N))
		}), true
	case op.Inverse:
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.InverseBack, d.Shape, s.N, whole(d.Array), whole(o.DOut), whole(o.Out), l.room(d.Shape, s.N*s.N))
		}), true
	case op.MVNormal:
		return l.mvNormalBack(o, s), true
	}
	return nil, false
}

// spread is where the gradient by operand k goes row by row, and whether it adds.
func (l *lowering) spread(o *schedule.Operation, k int) (view, bool) {
	if !o.Wants(k) {
		return view{}, false
	}
	if !serves(o.In[k].Shape, o.Out.Shape) {
		return whole(o.DIn[k].Array), o.DIn[k].Add
	}
	if o.Each == nil {
		o.Each = map[int]*schedule.Array{}
	}
	if o.Each[k] == nil {
		o.Each[k] = l.array(o.Out.Shape.WithCols(o.In[k].Shape.Cols))
	}
	return whole(o.Each[k]), false
}

// batchMulBack is dA = dC B' and dB = A' dC, with the transposes that the factors have.
func (l *lowering) batchMulBack(o *schedule.Operation, s op.BatchMul) []instr {
	product := func(to view, add bool, a, b *schedule.Array, m, k, n int, ta, tb bool) instr {
		return columns(kernels.BatchMul, o.Out.Shape, m, to, whole(a), whole(b)).with(k, n, flag(ta), flag(tb)).adding(add)
	}
	var list []instr
	a, b, dc := o.In[0], o.In[1], o.DOut
	if to, add := l.spread(o, 0); to.Array != nil && s.TransA { // dA' = B dC'
		list = append(list, product(to, add, b, dc, s.K, s.N, s.M, s.TransB, true))
	} else if to.Array != nil {
		list = append(list, product(to, add, dc, b, s.M, s.N, s.K, false, !s.TransB))
	}
	if to, add := l.spread(o, 1); to.Array != nil && s.TransB { // dB' = dC' A
		list = append(list, product(to, add, dc, a, s.N, s.M, s.K, true, s.TransA))
	} else if to.Array != nil {
		list = append(list, product(to, add, a, dc, s.K, s.M, s.N, !s.TransA, false))
	}
	return list
}

func (l *lowering) mvNormalBack(o *schedule.Operation, s op.MVNormal) []instr {
	dd, addD := l.spread(o, 0)
	ds, addS := l.spread(o, 1)
	i := columns(kernels.MVNormalBack, o.Out.Shape, s.N, dd, ds, whole(o.DOut), whole(o.In[0]), whole(o.In[1])).
		with(s.K, flag(s.Tri), flag(addS)).adding(addD)
	if len(o.In) == 3 {
		i.a[5] = whole(o.In[2])
	}
	i.a[6] = l.room(o.Out.Shape, 3*s.N*s.N+2*s.K*s.N)
	return []instr{i}
}

// matrixFinish adds up the gradients by operands that serve all rows.
func (l *lowering) matrixFinish(o *schedule.Operation) []instr {
	var list []instr
	for k := range o.In {
		if each := o.Each[k]; each != nil && o.Wants(k) {
			d := o.DIn[k]
			list = append(list, l.colSum(whole(d.Array), whole(each), each.Shape, d.Shape.Cols, d.Add)...)
		}
	}
	return list
}
