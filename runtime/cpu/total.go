package cpu

// totalOp is the sum over i of coefficient i times the sum of input i+1, taken
// in float64.
type totalOp[F Float] struct {
	links[F]
	coef []float64
	cost float64
}

func (t *totalOp[F]) forward(_, _ int) {
	t.cost = 0
	for i, x := range t.in[1:] {
		s := 0.0
		for r := range x.rows {
			for _, v := range x.row(r) {
				s += float64(v)
			}
		}
		t.cost += t.coef[i] * s
	}
	t.out.row(0)[0] = F(t.cost)
}

func (t *totalOp[F]) backward(_, _ int) {
	for i := range t.in {
		d := t.din[i]
		if d.array == nil {
			continue
		}
		for r := range d.rows {
			row := d.row(r)
			if !d.add {
				clear(row)
			}
			for j := range row {
				row[j] += F(t.coef[i-1])
			}
		}
	}
}
