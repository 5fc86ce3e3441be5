package cpu

// gateOp shows its first input; the gradient passes where the mean of the second
// is large enough.
type gateOp[F Float] struct {
	links[F]
	least float64
}

func (g *gateOp[F]) forward(_, _ int) {}

func (g *gateOp[F]) backward(lo, hi int) {
	if !g.wants(0) {
		return
	}
	d, x := g.din[0], g.in[1]
	open := sumOf(x) >= g.least*float64(x.rows*x.cols)
	for r := lo; r < hi; r++ {
		switch {
		case open:
			put(d.row(r), g.dout.row(r), d.add)
		case !d.add:
			clear(d.row(r))
		}
	}
}
