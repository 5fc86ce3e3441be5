package cpu

// repeatOp gives every row K times over. With one sample the result is the
// input itself.
type repeatOp[F Float] struct {
	links[F]
	part func(w, lo, hi int)
}

func newRepeat[F Float](l links[F]) operation[F] {
	l.out.one = l.in[0]
	p := &repeatOp[F]{links: l}
	p.part = p.copyRows
	return p
}

func (p *repeatOp[F]) forward(lo, hi int) {
	if p.dims.K > 1 {
		p.split(lo, hi, (hi-lo)*p.out.cols/4, p.part)
	}
}

func (p *repeatOp[F]) copyRows(_, lo, hi int) {
	for r := lo; r < hi; r++ {
		copy(p.out.row(r), p.in[0].row(r/p.dims.K))
	}
}

func (p *repeatOp[F]) finish() {
	if !p.wants(0) {
		return
	}
	dx, k := p.din[0], p.dims.K
	for r := range p.dout.rows {
		put(dx.row(r/k), p.dout.row(r), dx.add || r%k > 0)
	}
}
