package cpu

// holdOp repeats the first frame of every block of time over the block.
type holdOp[F Float] struct {
	links[F]
	every  int
	recall *recall[F] // of earlier pieces, or nil
}

func newHold[F Float](l links[F], every int) operation[F] {
	h := &holdOp[F]{links: l, every: every}
	h.recall = l.remember(&h.links, 1, true)
	return h
}

// from is the row that row r, of time t, repeats: none, and less than zero, where
// the block began in an earlier piece.
func (h *holdOp[F]) from(t, r int) int {
	l := h.layout()
	b := r - l.Off[t]
	since := (h.first(b) + t) % h.every
	if since > t {
		return -1
	}
	return l.Off[t-since] + b
}

func (h *holdOp[F]) forward(lo, hi int) {
	eachTime(h.layout(), lo, hi, func(t, a, b int) {
		for r := a; r < b; r++ {
			if from := h.from(t, r); from >= 0 {
				copy(h.out.row(r), h.in[0].row(from))
			} else {
				copy(h.out.row(r), h.recall.past(r-h.layout().Off[t], 0, false))
			}
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
			if from := h.from(t, r); from >= 0 {
				addTo(h.din[0].row(from), h.dout.row(r))
			}
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
		for r := a; r < b; r++ {
			v := F(0)
			if (k.first(r-k.layout().Off[t])+t)%k.every == 0 {
				v = 1
			}
			k.out.row(r)[0] = v
		}
	})
}
