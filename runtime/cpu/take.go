package cpu

import "math"

// takeOp picks from each row the column that a class number names; what is no
// class picks what is not a number.
type takeOp[F Float] struct{ links[F] }

// from is the row of the first input for row r.
func (k *takeOp[F]) from(r int) int {
	if k.in[0].shape.SameRows(k.out.shape) {
		return r
	}
	return 0
}

func (k *takeOp[F]) forward(lo, hi int) {
	for r := lo; r < hi; r++ {
		row := k.in[0].row(k.from(r))
		v := F(math.NaN())
		if c, ok := class(k.in[1].row(r)[0], len(row)); ok {
			v = row[c]
		}
		k.out.row(r)[0] = v
	}
}

func (k *takeOp[F]) backward(lo, hi int) {
	if !k.wants(0) || !k.in[0].shape.SameRows(k.out.shape) {
		return
	}
	for r := lo; r < hi; r++ {
		if !k.din[0].add {
			clear(k.din[0].row(r))
		}
		k.scatter(r)
	}
}

func (k *takeOp[F]) finish() {
	if !k.wants(0) || k.in[0].shape.SameRows(k.out.shape) {
		return
	}
	for r := range k.out.rows {
		k.scatter(r)
	}
}

// scatter adds the gradient of row r to the column that it came from.
func (k *takeOp[F]) scatter(r int) {
	row := k.din[0].row(k.from(r))
	if c, ok := class(k.in[1].row(r)[0], len(row)); ok {
		row[c] += k.dout.row(r)[0]
	}
}
