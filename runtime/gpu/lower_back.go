package gpu

import (
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// back takes the gradient of o's result to those of its operands, row by row; in
// a loop, each time for the rows of that time.
func (l *lowering) back(o *schedule.Operation, loop bool) ([]instr, error) {
	switch s := o.Spec.(type) {
	case op.Affine:
		return l.affineBack(o, s), nil
	case *op.Map:
		return l.mapBack(o, s), nil
	case op.Lag:
		return l.lagBack(o, s, loop), nil
	case op.Splice:
		return l.spliceBack(o, s), nil
	case op.Hold:
		return l.holdBack(o, s, loop), nil
	case op.Concat:
		return l.concatBack(o), nil
	case op.Slice:
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.Copy, o.Out.Shape, s.Hi-s.Lo, from(d.Array, s.Lo), whole(o.DOut))
		}), nil
	case op.LogSoftmax:
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.LogSoftmaxBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut), whole(o.Out))
		}), nil
	case op.Relax:
		return l.first(o, func(d schedule.Target) instr {
			i := columns(kernels.RelaxBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut), whole(o.Out))
			i.f[0] = s.Temperature
			return i
		}), nil
	case op.Take:
		return l.takeBack(o), nil
	case *op.Select:
		return l.first(o, func(d schedule.Target) instr {
			i := columns(kernels.SelectBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(len(s.From))
			i.table = s.From
			return i
		}), nil
	case op.Reshape:
		return l.first(o, func(d schedule.Target) instr { return l.flatCopy(d.Array, o.DOut) }), nil
	case op.Gate:
		return l.gateBack(o, s), nil
	case op.Total:
		return l.totalBack(o), nil
	case op.Gather:
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.GatherBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut), whole(o.In[1]))
		}), nil
	case op.NADE:
		return l.nadeBack(o), nil
	case op.Expand, op.Repeat, op.Edge:
		return nil, nil
	}
	if i, ok := l.matrixBack(o); ok {
		return i, nil
	}
	return nil, &Unsupported{Op: o.Spec.Name(), Pos: o.Pos, Why: "for its gradient"}
}

// first is what make gives for the gradient of the first operand, if that is wanted.
func (l *lowering) first(o *schedule.Operation, make func(schedule.Target) instr) []instr {
	if !o.Wants(0) {
		return nil
	}
	return []instr{make(o.DIn[0]).adding(o.DIn[0].Add)}
}

func (l *lowering) affineBack(o *schedule.Operation, s op.Affine) []instr {
	list := l.first(o, func(d schedule.Target) instr {
		return columns(kernels.Affine, d.Shape, o.Out.Shape.Cols, whole(d.Array), whole(o.DOut), whole(o.In[1])).
			with(d.Shape.Cols, flag(!s.TransW), -1)
	})
	if o.Wants(2) && !single(o.In[2].Shape) {
		d := o.DIn[2]
		list = append(list, columns(kernels.Copy, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).adding(d.Add))
	}
	return list
}

// lagBack adds always: what it writes to is zero, or holds the gradients of others.
func (l *lowering) lagBack(o *schedule.Operation, s op.Lag, loop bool) []instr {
	return l.first(o, func(d schedule.Target) instr {
		if loop {
			return columns(kernels.LagScatter, o.Out.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(s.By, flag(len(o.In) == 1))
		}
		return columns(kernels.LagBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(s.By, flag(len(o.In) == 1))
	})
}

func (l *lowering) spliceBack(o *schedule.Operation, s op.Splice) []instr {
	var list []instr
	for k, d := range o.DIn {
		if d.Array != nil && d.Shape.Axis == op.Frame {
			i := columns(kernels.SpliceBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(s.At, flag(k == 0))
			list = append(list, i.adding(d.Add))
		}
	}
	return list
}

// holdBack adds always, as lagBack does.
func (l *lowering) holdBack(o *schedule.Operation, s op.Hold, loop bool) []instr {
	code := kernels.HoldBack
	if loop {
		code = kernels.HoldScatter
	}
	return l.first(o, func(d schedule.Target) instr {
		return columns(code, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(s.Every)
	})
}

func (l *lowering) concatBack(o *schedule.Operation) []instr {
	var list []instr
	off := 0
	for k, a := range o.In {
		if o.Wants(k) {
			d := o.DIn[k]
			list = append(list, columns(kernels.Copy, d.Shape, a.Shape.Cols, whole(d.Array), from(o.DOut, off)).adding(d.Add))
		}
		off += a.Shape.Cols
	}
	return list
}

func (l *lowering) takeBack(o *schedule.Operation) []instr {
	return l.first(o, func(d schedule.Target) instr {
		if d.Shape.SameRows(o.Out.Shape) {
			return columns(kernels.TakeBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut), whole(o.In[1]))
		}
		return columns(kernels.TakeSum, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut), whole(o.In[1])).with(int(axisOf(o.Out.Shape)), o.Out.Shape.Rows)
	})
}

// gateBack lets the gradient pass where the mean of the second operand is large enough.
func (l *lowering) gateBack(o *schedule.Operation, s op.Gate) []instr {
	if !o.Wants(0) {
		return nil
	}
	d, x, sum := o.DIn[0], o.In[1], l.doubles(1)
	i := columns(kernels.GateBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut), whole(sum)).with(x.Shape.Cols, int(axisOf(x.Shape)), x.Shape.Rows)
	i.f[0] = s.Least
	return []instr{columns(kernels.Sum, x.Shape, x.Shape.Cols, whole(sum), whole(x)).with(1), i.adding(d.Add)}
}

func (l *lowering) totalBack(o *schedule.Operation) []instr {
	var list []instr
	for k, d := range o.DIn {
		if d.Array != nil {
			list = append(list, columns(kernels.Seed, d.Shape, 1, whole(d.Array)).with(k-1).adding(d.Add))
		}
	}
	return list
}

// finish takes the gradient of o's whole result to those of operands whose rows are
// not the result's.
func (l *lowering) finish(o *schedule.Operation) []instr {
	switch s := o.Spec.(type) {
	case op.Affine:
		return l.affineFinish(o, s)
	case *op.Map:
		return l.mapFinish(o, s)
	case op.Lag:
		if o.Wants(1) {
			d := o.DIn[1]
			return []instr{columns(kernels.LagStart, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(s.By).adding(d.Add)}
		}
	case op.Splice:
		if d := o.DIn[0]; d.Array != nil && d.Shape.Axis != op.Frame {
			return []instr{columns(kernels.SpliceStart, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(s.At).adding(true)}
		}
	case op.Expand:
		if d := o.DIn[0]; d.Array != nil && d.Shape.Axis == op.Once {
			return l.colSum(whole(d.Array), whole(o.DOut), o.DOut.Shape, d.Shape.Cols, d.Add)
		}
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.ExpandBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut))
		})
	case op.Repeat:
		return l.first(o, func(d schedule.Target) instr {
			return columns(kernels.RepeatBack, d.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut))
		})
	case op.Edge:
		if d := o.DIn[0]; d.Array != nil {
			return []instr{columns(kernels.EdgeBack, o.Out.Shape, d.Shape.Cols, whole(d.Array), whole(o.DOut)).with(flag(s.Last)).adding(true)}
		}
	case op.NADE:
		return l.nadeFinish(o)
	default:
		return l.matrixFinish(o)
	}
	return nil
}

func (l *lowering) affineFinish(o *schedule.Operation, s op.Affine) []instr {
	var list []instr
	if o.Wants(1) {
		d, x, dy := o.DIn[1], o.In[0], o.DOut
		if s.TransW {
			x, dy = dy, x
		}
		k, n := x.Shape.Cols, dy.Shape.Cols
		list = append(list, l.weights(d, x, dy, k, n)...)
	}
	if o.Wants(2) && single(o.In[2].Shape) {
		d := o.DIn[2]
		list = append(list, l.colSum(whole(d.Array), whole(o.DOut), o.DOut.Shape, d.Shape.Cols, d.Add)...)
	}
	return list
}

// weights is d (+)= x' dy, [k,n], over all rows, cut into parts that are added up.
func (l *lowering) weights(d schedule.Target, x, dy *schedule.Array, k, n int) []instr {
	cuts := splits(k, n)
	i := columns(kernels.GemmWeights, x.Shape, k, whole(d.Array), whole(x), whole(dy)).with(n, 0, cuts)
	if cuts == 1 {
		return []instr{i.adding(d.Add)}
	}
	partial := l.array(op.Static(cuts, k*n))
	i.a[4] = whole(partial)
	return []instr{i, addParts(view{Array: d.Array, flat: true}, whole(partial), cuts, 1, k*n, d.Add)}
}

// addParts is dst (+)= the sum of so many parts of src, [rows,cols] each.
func addParts(dst, src view, parts, rows, cols int, add bool) instr {
	return columns(kernels.AddParts, op.Static(rows, 1), cols, dst, src).with(parts, rows).adding(add)
}

// splits is into how many parts the rows of a product [k,n] are cut: enough for
// some hundred tiles.
func splits(k, n int) int {
	grid := kernels.GemmGrid(k, n, 1)
	return max(1, min(32, 256/(grid[0]*grid[1])))
}

// colSum is dst (+)= the sums of cols columns of src, over all rows.
func (l *lowering) colSum(dst, src view, rows op.Shape, cols int, add bool) []instr {
	partial := l.array(op.Static(parts, cols))
	return []instr{
		columns(kernels.ColSum, rows, cols, whole(partial), src).with(parts),
		addParts(dst, whole(partial), parts, 1, cols, add),
	}
}
