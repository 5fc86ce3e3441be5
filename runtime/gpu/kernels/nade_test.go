package kernels

import (
	"math"
	"testing"
)

// A nadeCase is one NADE, and the same in float64.
type nadeCase struct {
	*rig
	d, h                 int
	x, bias, start, w, v *matrix
	out, logits, scratch *matrix
	dout, dlogits        *matrix
}

func (r *rig) nade(d, h int) *nadeCase {
	c := &nadeCase{rig: r, d: d, h: h, x: r.frames(d), bias: r.frames(d), start: r.frames(h),
		w: r.random(Once, d, h), v: r.random(Once, d, h), out: r.frames(1), logits: r.frames(d),
		scratch: r.frames(h), dout: r.frames(1), dlogits: r.frames(d)}
	c.x.set(func(row, i int) float64 { return float64((row + i*i) % 2) })
	return c
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// hidden is the value of unit h before coordinate i.
func (c *nadeCase) hidden(row, i, h int) float64 {
	a := c.start.get(row, h)
	for j := range i {
		a += c.x.get(row, j) * c.w.get(j, h)
	}
	return sigmoid(a)
}

func (c *nadeCase) logit(row, i int) float64 {
	l := c.bias.get(row, i)
	for h := range c.h {
		l += c.v.get(i, h) * c.hidden(row, i, h)
	}
	return l
}

func (c *nadeCase) logProb(row int) (s float64) {
	for i := range c.d {
		l := c.logit(row, i)
		s += c.x.get(row, i)*l - math.Log1p(math.Exp(-math.Abs(l))) - max(l, 0)
	}
	return s
}

func (c *nadeCase) dlogit(row, i int) float64 {
	return c.dout.get(row, 0) * (c.x.get(row, i) - sigmoid(c.logit(row, i)))
}

// dinput is the gradient by what unit h has added before coordinate from.
func (c *nadeCase) dinput(row, from, h int) (s float64) {
	for i := from; i < c.d; i++ {
		u := c.hidden(row, i, h)
		s += c.dlogit(row, i) * c.v.get(i, h) * u * (1 - u)
	}
	return s
}

func (c *nadeCase) op(code Code, more ...int32) Op {
	o := Op{Code: code, Axis: c.x.axis, N: [8]int32{int32(c.d), int32(c.h)}}
	copy(o.N[2:], more)
	return o
}

func TestNADE(t *testing.T) {
	eachBatch(t, func(r *rig) {
		for _, h := range []int{3, 40} {
			c := r.nade(6, h)
			c.check(c.op(NADE), sets, 1e-5, func(row, _ int) float64 { return c.logProb(row) },
				c.out, c.x, c.bias, c.start, c.w, c.v, c.logits, c.scratch)
			for row := range c.out.rows {
				for i := range c.d {
					if got, want := c.logits.get(row, i), c.logit(row, i); !near(got, want, 1e-5) {
						t.Fatalf("logit %d of row %d is %v, want %v", i, row, got, want)
					}
				}
			}
			c.back()
		}
	})
}

// back tests the gradients, given the logits.
func (c *nadeCase) back() {
	c.Helper()
	dbias, dstart := c.frames(c.d), c.frames(c.h)
	c.check(c.op(NADELogits), sets, 1e-5, c.dlogit, c.dlogits, nil, c.dout, c.x, c.logits)
	o := c.op(NADELogits)
	o.Add = 1
	before := dbias.get(2, 1)
	c.do(o, c.dlogits, dbias, c.dout, c.x, c.logits)
	if got, want := dbias.get(2, 1), before+c.dlogit(2, 1); !near(got, want, 1e-5) {
		c.Errorf("a gradient by the bias is %v, want %v", got, want)
	}
	c.check(c.op(NADEStart), either, 1e-5, func(row, h int) float64 { return c.dinput(row, 0, h) },
		dstart, c.dlogits, c.x, c.start, c.w, c.v)
	c.weights(3)
}

// weights tests the gradients by W and V, in parts.
func (c *nadeCase) weights(parts int) {
	c.Helper()
	dw, dv := c.random(Once, parts*c.d, c.h), c.random(Once, parts*c.d, c.h)
	sum := func(f func(row, i, h int) float64) func(at, h int) float64 {
		return func(at, h int) (s float64) {
			lo, hi := part(c.x.rows, at/c.d, parts)
			for row := lo; row < hi; row++ {
				s += f(row, at%c.d, h)
			}
			return s
		}
	}
	byV := sum(func(row, i, h int) float64 { return c.dlogit(row, i) * c.hidden(row, i, h) })
	c.check(c.op(NADEWeights, int32(parts)), sets, 1e-5, sum(func(row, i, h int) float64 { return c.x.get(row, i) * c.dinput(row, i+1, h) }),
		dw, dv, c.dlogits, c.x, c.start, c.w, c.v)
	for at := range dv.rows {
		for h := range c.h {
			if got, want := dv.get(at, h), byV(at, h); !near(got, want, 1e-5) {
				c.Fatalf("the gradient by V[%d,%d] is %v, want %v", at, h, got, want)
			}
		}
	}
}
