package cpu

import "ssmc/runtime/kernel"

// nade is the op NADE. Hidden units change only where a coordinate is not zero,
// so that the cost of a sparse row is little more than two products with V.
//
// The gradients by bias and start are taken row by row, threads sharing the
// rows; those by W and V unit by unit, threads sharing the units, so that each
// sum is one thread's.
type nade[F Float] struct {
	links[F]
	logits            []F // l [rows,D], of the last forward
	tmp               []nadeRow[F]
	score, rows, unit func(w, lo, hi int)
}

// A nadeRow is what a thread needs for one row.
type nadeRow[F Float] struct {
	a      []F   // sum of the units' inputs [H], and on the way back their gradient
	hidden []F   // the units' values [changes+1,H]
	at     []int // which of these coordinate d is computed from [D]
	soft   []F   // [D]
}

func newNADE[F Float](l links[F]) operation[F] {
	n := &nade[F]{links: l, tmp: make([]nadeRow[F], l.pool.Threads())}
	d, h := l.in[0].shape.Cols, l.in[2].shape.Cols
	for i := range n.tmp {
		n.tmp[i] = nadeRow[F]{make([]F, h), make([]F, (d+1)*h), make([]int, d), make([]F, d)}
	}
	n.score, n.rows, n.unit = n.scoreRows, n.pullRows, n.pullUnits
	return n
}

// cost is the operations on single numbers of some rows, roughly.
func (n *nade[F]) cost(rows int) int { return 4 * rows * n.in[0].cols * n.in[2].cols }

func (n *nade[F]) forward(lo, hi int) {
	n.logits = grow(n.logits, n.out.rows*n.in[0].cols)
	n.split(lo, hi, n.cost(hi-lo), n.score)
}

func (n *nade[F]) scoreRows(w, lo, hi int) {
	t, d := &n.tmp[w], n.in[0].cols
	for r := lo; r < hi; r++ {
		x, l := n.in[0].row(r), n.logits[r*d:(r+1)*d]
		n.run(t, r, 0, n.in[2].cols)
		copy(l, n.in[1].row(r))
		for i := range l {
			l[i] += F(kernel.Dot(t.units(i, len(t.a)), n.in[4].row(i)))
		}
		kernel.ApplyUnary(kernel.Softplus, t.soft, l)
		logp := 0.0
		for i, v := range x {
			logp += float64(v*l[i] - t.soft[i])
		}
		n.out.row(r)[0] = F(logp)
	}
}

// units is the values of h hidden units that coordinate i is computed from.
func (t *nadeRow[F]) units(i, h int) []F { return t.hidden[t.at[i]*h:][:h] }

// run computes hidden units [from,to) of row r, as they are before each coordinate.
func (n *nade[F]) run(t *nadeRow[F], r, from, to int) {
	a, changes := t.a[:to-from], 0
	copy(a, n.in[2].row(r)[from:to])
	kernel.ApplyUnary(kernel.Sigmoid, t.hidden[:len(a)], a)
	for i, v := range n.in[0].row(r) {
		t.at[i] = changes
		if v == 0 {
			continue
		}
		for j, w := range n.in[3].row(i)[from:to] {
			a[j] += v * w
		}
		changes++
		kernel.ApplyUnary(kernel.Sigmoid, t.hidden[changes*len(a):][:len(a)], a)
	}
}

func (n *nade[F]) backward(lo, hi int) {
	if n.wants(1) || n.wants(2) {
		n.split(lo, hi, 2*n.cost(hi-lo), n.rows)
	}
}

func (n *nade[F]) pullRows(w, lo, hi int) {
	t := &n.tmp[w]
	for r := lo; r < hi; r++ {
		dl := n.pull(t, r)
		if n.wants(1) {
			put(n.din[1].row(r), dl, n.din[1].add)
		}
		if !n.wants(2) {
			continue
		}
		n.run(t, r, 0, len(t.a))
		clear(t.a)
		for i := len(dl) - 1; i >= 0; i-- {
			pullSigmoid(t.a, dl[i], n.in[4].row(i), t.units(i, len(t.a)))
		}
		put(n.din[2].row(r), t.a, n.din[2].add)
	}
}

// pull is the gradient by the logits of row r.
func (n *nade[F]) pull(t *nadeRow[F], r int) []F {
	d, x, dy := n.in[0].cols, n.in[0].row(r), n.dout.row(r)[0]
	kernel.ApplyUnary(kernel.Sigmoid, t.soft, n.logits[r*d:(r+1)*d])
	for i, p := range t.soft {
		t.soft[i] = dy * (x[i] - p)
	}
	return t.soft
}

// pullSigmoid adds to da the gradient of dl v·h by the inputs of the units h.
func pullSigmoid[F Float](da []F, dl F, v, h []F) {
	v, h = v[:len(da)], h[:len(da)]
	for j := range da {
		da[j] += dl * v[j] * h[j] * (1 - h[j])
	}
}

func (n *nade[F]) finish() {
	if !n.wants(3) && !n.wants(4) {
		return
	}
	for i := 3; i <= 4; i++ {
		if n.wants(i) && !n.din[i].add {
			n.din[i].clearColumns(0, n.din[i].cols)
		}
	}
	n.split(0, n.in[2].cols, 2*n.cost(n.out.rows), n.unit)
}

// pullUnits adds the gradients by W and V of hidden units [from,to).
func (n *nade[F]) pullUnits(w, from, to int) {
	t := &n.tmp[w]
	for r := range n.out.rows {
		dl, x := n.pull(t, r), n.in[0].row(r)
		n.run(t, r, from, to)
		da := t.a[:to-from]
		clear(da)
		for i := len(dl) - 1; i >= 0; i-- {
			h := t.units(i, len(da))
			if n.wants(3) && x[i] != 0 {
				addScaled(n.din[3].row(i)[from:to], x[i], da)
			}
			if n.wants(4) {
				addScaled(n.din[4].row(i)[from:to], dl[i], h)
			}
			pullSigmoid(da, dl[i], n.in[4].row(i)[from:to], h)
		}
	}
}

// addScaled adds k x to dst.
func addScaled[F Float](dst []F, k F, x []F) {
	x = x[:len(dst)]
	for i := range dst {
		dst[i] += k * x[i]
	}
}
