package cpu

import "math"

// oneHotOp turns class numbers into indicator rows; what is no class becomes a
// row that is not a number.
type oneHotOp[F Float] struct{ links[F] }

func (o *oneHotOp[F]) forward(lo, hi int) {
	for r := lo; r < hi; r++ {
		row := o.out.row(r)
		if c, ok := class(o.in[0].row(r)[0], len(row)); ok {
			clear(row)
			row[c] = 1
		} else {
			fill(row, F(math.NaN()))
		}
	}
}

// class is the class number that v stands for, of n.
func class[F Float](v F, n int) (int, bool) {
	if !(v >= 0 && v < F(n)) {
		return 0, false
	}
	return int(v), true
}
