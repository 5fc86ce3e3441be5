package cpu

// gatherOp gives each particle the row of its ancestor.
type gatherOp[F Float] struct{ links[F] }

// source is the row that row r comes from.
func (g *gatherOp[F]) source(r int) int {
	k := g.dims.K
	return r/k*k + int(g.in[1].row(r)[0])
}

func (g *gatherOp[F]) forward(lo, hi int) {
	for r := lo; r < hi; r++ {
		copy(g.out.row(r), g.in[0].row(g.source(r)))
	}
}

// backward adds: what it writes to is zero, or holds the gradients of others.
func (g *gatherOp[F]) backward(lo, hi int) {
	if !g.wants(0) {
		return
	}
	for r := lo; r < hi; r++ {
		addTo(g.din[0].row(g.source(r)), g.dout.row(r))
	}
}
