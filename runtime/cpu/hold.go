package cpu

// holdOp repeats the first frame of every block of time over the block.
type holdOp[F Float] struct {
	links[F]
	every int
}

// from is the row that row r, of time t, repeats.
func (h *holdOp[F]) from(t, r int) int {
	l := h.layout()
	return l.Off[t-t%h.every] + r - l.Off[t]
}

func (h *holdOp[F]) forward(lo, hi int) {
	eachTime(h.layout(), lo, hi, func(t, a, b int) {
		for r := a; r < b; r++ {
			copy(h.out.row(r), h.in[0].row(h.from(t, r)))
		}
	})
}

// backward adds: what it writes to is zero, or holds the gradients of others.
func (h *holdOp[F]) backward(lo, hi int) {
	if !h.wants(0) {
		return
	}
	eachTime(h.layout(), lo, hi, func(t, a, b int) {
		for r := a; r < b; r++ {
			addTo(h.din[0].row(h.from(t, r)), h.dout.row(r))
		}
	})
}

// tickOp is one at the first frame of every block of time, and zero elsewhere.
type tickOp[F Float] struct {
	links[F]
	every int
}

func (k *tickOp[F]) forward(lo, hi int) {
	eachTime(k.layout(), lo, hi, func(t, a, b int) {
		v := F(0)
		if t%k.every == 0 {
			v = 1
		}
		for r := a; r < b; r++ {
			k.out.row(r)[0] = v
		}
	})
}
