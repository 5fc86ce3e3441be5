package gpu

import (
	"fmt"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
	"ssmc/runtime/schedule"
)

// programs is the element-wise programs of a machine, each once.
type programs struct {
	list []ptx.Program
	keys map[string]int
}

// number is that of p, which is added unless it is there.
func (p *programs) number(q ptx.Program) int {
	if p.keys == nil {
		p.keys = map[string]int{}
	}
	key := fmt.Sprint(q)
	n, ok := p.keys[key]
	if !ok {
		n = len(p.list)
		p.keys[key] = n
		p.list = append(p.list, q)
	}
	return n
}

// seed names the gradient of the result in formulas; no operand is called so.
const seed = "d(out)"

// width is the number of columns that a formula is evaluated over.
func width(m *op.Map) int {
	w := 1
	for _, v := range m.Vars {
		w = max(w, v.Cols)
	}
	return w
}

// operands is the arguments of a formula and where they are.
func operands(o *schedule.Operation, m *op.Map) (args []ptx.Arg, views []view) {
	w := width(m)
	for i, v := range m.Vars {
		args = append(args, ptx.Arg{Name: v.Name, Once: single(o.In[i].Shape), Wide: w > 1 && v.Cols == w})
		views = append(views, from(o.In[i], v.Off))
	}
	return args, views
}

// mapForward is one program.
func (l *lowering) mapForward(o *schedule.Operation, m *op.Map) instr {
	w := width(m)
	args, views := operands(o, m)
	sum := m.Sum && w > 1
	p := ptx.Program{Args: args, Width: w, Outs: []ptx.Out{{Expr: m.Formula, Wide: w > 1 && !sum, Sum: sum}}}
	return l.program(o.Out.Shape, p, views, []view{whole(o.Out)})
}

// program is the instr of a program.
func (l *lowering) program(domain op.Shape, p ptx.Program, args, outs []view) instr {
	in := columns(kernels.Map, domain, l.programs.number(p))
	in.more = append(append([]view{}, args...), outs...)
	in.results = len(outs)
	return in
}

// A pullback is the gradient by one operand of a formula.
type pullback struct {
	out  ptx.Out
	to   view
	cols int
}

// mapBack is the gradients by the operands that want them: sums of rows come last,
// and stand in programs of their own where others write to the same columns.
func (l *lowering) mapBack(o *schedule.Operation, m *op.Map) []instr {
	w := width(m)
	var wide, sums []pullback
	var vars []string
	for i, v := range m.Vars {
		if o.Wants(i) {
			vars = append(vars, v.Name)
		}
	}
	if len(vars) == 0 {
		return nil
	}
	grads := m.Formula.Gradient(scalar.Var(seed), vars...)
	for i, v := range m.Vars {
		if !o.Wants(i) {
			continue
		}
		p := pullback{l.gradient(o, m, i, grads[0], w), l.receiver(o, m, i), v.Cols}
		if grads = grads[1:]; p.out.Sum {
			sums = append(sums, p)
		} else {
			wide = append(wide, p)
		}
	}
	var list []instr
	for _, group := range apart(wide, sums) {
		list = append(list, l.pull(o, m, group))
	}
	return list
}

// gradient is the result of a program for the gradient by operand i.
func (l *lowering) gradient(o *schedule.Operation, m *op.Map, i int, e *scalar.Expr, w int) ptx.Out {
	v := m.Vars[i]
	out := ptx.Out{Expr: e, Wide: w > 1 && v.Cols == w, Sum: w > 1 && v.Cols == 1, Add: o.DIn[i].Add}
	if o.Each[i] != nil {
		out.Add = false
	}
	return out
}

// receiver is where the gradient by operand i goes.
func (l *lowering) receiver(o *schedule.Operation, m *op.Map, i int) view {
	if each := o.Each[i]; each != nil {
		return whole(each)
	}
	return from(o.DIn[i].Array, m.Vars[i].Off)
}

// apart puts what writes to no column that another writes to into one group, and
// the rest into groups of their own, in order.
func apart(wide, sums []pullback) [][]pullback {
	first := wide
	var rest [][]pullback
	for _, s := range sums {
		if overlaps(s, first) {
			rest = append(rest, []pullback{s})
		} else {
			first = append(first, s)
		}
	}
	if len(first) == 0 {
		return rest
	}
	return append([][]pullback{first}, rest...)
}

func overlaps(p pullback, list []pullback) bool {
	for _, q := range list {
		if p.to.Array == q.to.Array && p.to.off < q.to.off+q.cols && q.to.off < p.to.off+p.cols {
			return true
		}
	}
	return false
}

// pull is the program of some gradients.
func (l *lowering) pull(o *schedule.Operation, m *op.Map, group []pullback) instr {
	w := width(m)
	args, views := operands(o, m)
	args = append(args, ptx.Arg{Name: seed, Once: single(o.DOut.Shape), Wide: w > 1 && o.DOut.Shape.Cols == w})
	views = append(views, whole(o.DOut))
	p := ptx.Program{Args: args, Width: w}
	var outs []view
	for _, g := range group {
		p.Outs, outs = append(p.Outs, g.out), append(outs, g.to)
	}
	return l.program(o.Out.Shape, p, views, outs)
}

// mapFinish adds up the gradients by operands that are one row.
func (l *lowering) mapFinish(o *schedule.Operation, m *op.Map) []instr {
	var list []instr
	for i, v := range m.Vars {
		if each := o.Each[i]; each != nil && o.Wants(i) {
			list = append(list, l.colSum(from(o.DIn[i].Array, v.Off), whole(each), each.Shape, v.Cols, o.DIn[i].Add)...)
		}
	}
	return list
}
