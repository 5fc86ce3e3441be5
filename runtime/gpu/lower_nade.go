package gpu

import (
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// nade is op.NADE. Its logits are kept for the way back, on which the gradients by
// them take their place.
func (l *lowering) nade(o *schedule.Operation) []instr {
	x, units := o.In[0].Shape, o.In[2].Shape.Cols
	logits := l.array(x)
	if l.kept == nil {
		l.kept = map[*schedule.Operation]*schedule.Array{}
	}
	l.kept[o] = logits
	i := columns(kernels.NADE, o.Out.Shape, x.Cols, whole(o.Out), whole(o.In[0]), whole(o.In[1]), whole(o.In[2]),
		whole(o.In[3]), whole(o.In[4]), whole(logits), l.room(x, units)).with(units)
	return []instr{i}
}

// nadeBack is the gradients by the logits, the bias and the start.
func (l *lowering) nadeBack(o *schedule.Operation) []instr {
	x, units, logits := o.In[0].Shape, o.In[2].Shape.Cols, l.kept[o]
	first := columns(kernels.NADELogits, x, x.Cols, whole(logits), view{}, whole(o.DOut), whole(o.In[0]), whole(logits))
	if o.Wants(1) {
		first.a[1], first.add = whole(o.DIn[1].Array), o.DIn[1].Add
	}
	list := []instr{first}
	if o.Wants(2) {
		d := o.DIn[2]
		i := columns(kernels.NADEStart, x, x.Cols, whole(d.Array), whole(logits), whole(o.In[0]), whole(o.In[2]), whole(o.In[3]), whole(o.In[4]))
		list = append(list, i.with(units).adding(d.Add))
	}
	return list
}

// nadeFinish is the gradients by the weights, in parts of the rows that are added up.
func (l *lowering) nadeFinish(o *schedule.Operation) []instr {
	if !o.Wants(3) && !o.Wants(4) {
		return nil
	}
	x, units := o.In[0].Shape, o.In[2].Shape.Cols
	var partial [2]*schedule.Array
	for k := range partial {
		partial[k] = l.array(op.Static(parts*x.Cols, units))
	}
	list := []instr{columns(kernels.NADEWeights, x, x.Cols, whole(partial[0]), whole(partial[1]), whole(l.kept[o]),
		whole(o.In[0]), whole(o.In[2]), whole(o.In[3]), whole(o.In[4])).with(units, parts)}
	for k, p := range partial {
		if o.Wants(3 + k) {
			d := o.DIn[3+k]
			list = append(list, addParts(whole(d.Array), whole(p), parts, x.Cols, units, d.Add))
		}
	}
	return list
}
