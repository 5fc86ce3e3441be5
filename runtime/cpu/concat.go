package cpu

// concatOp sets its inputs side by side.
type concatOp[F Float] struct {
	links[F]
	part, back func(w, lo, hi int)
}

func newConcat[F Float](l links[F]) operation[F] {
	c := &concatOp[F]{links: l}
	c.part, c.back = c.join, c.separate
	return c
}

func (c *concatOp[F]) forward(lo, hi int) { c.split(lo, hi, (hi-lo)*c.out.cols/4, c.part) }

func (c *concatOp[F]) join(_, lo, hi int) {
	off := 0
	for _, x := range c.in {
		for r := lo; r < hi; r++ {
			copy(c.out.row(r)[off:], x.row(r))
		}
		off += x.cols
	}
}

func (c *concatOp[F]) backward(lo, hi int) { c.split(lo, hi, (hi-lo)*c.out.cols/4, c.back) }

func (c *concatOp[F]) separate(_, lo, hi int) {
	off := 0
	for i, x := range c.in {
		if d := c.din[i]; d.array != nil {
			for r := lo; r < hi; r++ {
				put(d.row(r), c.dout.row(r)[off:off+x.cols], d.add)
			}
		}
		off += x.cols
	}
}
