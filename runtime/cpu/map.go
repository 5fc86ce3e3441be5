package cpu

import (
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// mapOp applies a formula element by element; its backward recomputes what it
// needs from the inputs.
type mapOp[F Float] struct {
	links[F]
	spec  *op.Map
	width int
	fwd   *sweep[F]
	bwd   *sweep[F]
	sums  []onceSum[F]
}

// onceSum is the gradient of a one-row input row by row, to be added up.
type onceSum[F Float] struct {
	input, off int
	each       *array[F]
}

// seed names the gradient of the result in formulas; no input is called so.
const seed = "d(out)"

func newMap[F Float](l links[F], s *op.Map) operation[F] {
	m := &mapOp[F]{links: l, spec: s, width: mapWidth(s)}
	out := sweepOut[F]{array: m.out, sum: s.Sum && m.width > 1}
	prog := scalar.Compile[F](m.names(), scalar.Output{Expr: s.Formula})
	m.fwd = newSweep(l.env, prog, m.width, m.args(), []sweepOut[F]{out})
	return m
}

func (m *mapOp[F]) names() []string {
	var names []string
	for _, v := range m.spec.Vars {
		names = append(names, v.Name)
	}
	return names
}

func (m *mapOp[F]) args() []sweepArg[F] {
	var args []sweepArg[F]
	for i, v := range m.spec.Vars {
		once := m.in[i].shape.Axis == op.Once && m.in[i].shape.Rows == 1
		args = append(args, sweepArg[F]{array: m.in[i], off: v.Off, wide: v.Cols == m.width, once: once})
	}
	return args
}

func (m *mapOp[F]) forward(lo, hi int) { m.fwd.over(lo, hi) }

// prepare compiles the derivatives by the inputs that want them into one
// program. Sums of rows come last, as footprintOf says.
func (m *mapOp[F]) prepare() {
	var outs []sweepOut[F]
	var vars []string
	for _, sum := range []bool{false, true} {
		for i, v := range m.spec.Vars {
			if m.wants(i) && m.isSum(i) == sum {
				outs, vars = append(outs, m.gradient(i)), append(vars, v.Name)
			}
		}
	}
	keepApart(outs, m.width)
	var formulas []scalar.Output
	for i, g := range m.spec.Formula.Gradient(scalar.Var(seed), vars...) {
		formulas = append(formulas, scalar.Output{Expr: g, Add: outs[i].inProgram()})
	}
	prog := scalar.Compile[F](append(m.names(), seed), formulas...)
	args := append(m.args(), sweepArg[F]{array: m.dout, wide: m.dout.shape.Cols == m.width})
	m.bwd = newSweep(m.env, prog, m.width, args, outs)
}

// isSum reports whether the gradient of input i is a sum over columns.
func (m *mapOp[F]) isSum(i int) bool { return m.spec.Vars[i].Cols == 1 && m.width > 1 }

// keepApart marks results that share columns of an array.
func keepApart[F Float](outs []sweepOut[F], width int) {
	for i := range outs {
		for j := range outs[:i] {
			a, b := &outs[i], &outs[j]
			if a.array == b.array && a.off < b.off+width && b.off < a.off+width {
				a.apart, b.apart = true, true
			}
		}
	}
}

// gradient is where the derivative by input i goes.
func (m *mapOp[F]) gradient(i int) sweepOut[F] {
	v := m.spec.Vars[i]
	o := sweepOut[F]{array: m.din[i].array, off: v.Off, add: m.din[i].add, sum: m.isSum(i)}
	if footprintOf(m.spec, shapes(m.in), m.out.shape, i).phase == last {
		each := m.env.array(m.out.shape.WithCols(v.Cols))
		m.sums = append(m.sums, onceSum[F]{i, v.Off, each})
		o.array, o.off, o.add = each, 0, false
	}
	return o
}

func (m *mapOp[F]) backward(lo, hi int) { m.bwd.over(lo, hi) }

func (m *mapOp[F]) finish() {
	for _, s := range m.sums {
		d := m.din[s.input]
		kernel.ColSum(m.pool, d.data[s.off:], s.each.data, s.each.ld, s.each.rows, s.each.cols, d.add)
	}
}

func shapes[F Float](arrays []*array[F]) []op.Shape {
	s := make([]op.Shape, len(arrays))
	for i, a := range arrays {
		s[i] = a.shape
	}
	return s
}
