package cpu

import "ssmc/runtime/op"

// totalOp is the cost, taken in float64: see op.Total.
type totalOp[F Float] struct {
	links[F]
	w    *weights[F] // of samples that are joined; nil where the cost is a sum
	cost float64
}

func newTotal[F Float](l links[F], s op.Total) operation[F] {
	t := &totalOp[F]{links: l}
	if s.Join != op.Mean {
		t.w = &weights[F]{env: l.env, terms: l.in[1:], join: s.Join}
		l.env.weights = t.w
	}
	return t
}

func (t *totalOp[F]) forward(_, _ int) {
	t.cost = 0
	if t.joined() {
		t.join()
	}
	for i, x := range t.in[1:] {
		if !t.joined() || x.shape.Axis == op.Once {
			t.cost += t.coef[i] * sumOf(x)
		}
	}
	t.cost *= t.scale
	t.out.row(0)[0] = F(t.cost)
}

// joined reports whether samples are weighed against each other.
func (t *totalOp[F]) joined() bool { return t.w != nil }

// join subtracts the bounds of all sequences from the cost.
func (t *totalOp[F]) join() {
	t.w.fit()
	for time := range t.dims.Base.T {
		t.w.step(time)
	}
	t.w.normalise()
	for _, v := range t.w.bound {
		t.cost -= v
	}
}

// sumOf is the sum of all numbers of an array.
func sumOf[F Float](x *array[F]) (s float64) {
	for r := range x.rows {
		for _, v := range x.row(r) {
			s += float64(v)
		}
	}
	return s
}

func (t *totalOp[F]) backward(_, _ int) {
	for i := range t.in {
		d := t.din[i]
		if d.array == nil {
			continue
		}
		c := t.coef[i-1] * t.scale
		for r := range d.rows {
			t.give(d, r, c)
		}
	}
}

// give sets the gradient of row r of a term with the coefficient c, or adds it.
func (t *totalOp[F]) give(d target[F], r int, c float64) {
	if t.joined() {
		c *= t.w.of(d.shape, r)
	}
	row := d.row(r)
	if !d.add {
		clear(row)
	}
	for j := range row {
		row[j] += F(c)
	}
}
