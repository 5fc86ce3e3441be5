package optim

import (
	"math"

	"ssmc/runtime/kernel"
)

// RMSProp divides gradients by a running root mean square (Tieleman & Hinton,
// 2012), with heavy-ball momentum.
type RMSProp struct {
	decay, momentum, eps float32
	v, u                 []float32 // running mean of squares, velocity
}

// NewRMSProp makes an RMSProp for n parameters.
func NewRMSProp(n int, decay, momentum, eps float64) *RMSProp {
	return &RMSProp{float32(decay), float32(momentum), float32(eps), kernel.Room[float32](n), kernel.Room[float32](n)}
}

// Step does
//
//	v += (1-decay) (g² - v)
//	u  = momentum u + g/(sqrt(v) + eps)
//	w -= rate u
func (r *RMSProp) Step(w, g []float32, lo, hi int, s Step) {
	rate, scale := float32(s.Rate), float32(s.Scale)
	w, g = w[lo:hi], g[lo:hi]
	v, u := r.v[lo:hi], r.u[lo:hi]
	for i, d := range g {
		d *= scale
		v[i] = r.decay*v[i] + (1-r.decay)*d*d
		u[i] = r.momentum*u[i] + d/(float32(math.Sqrt(float64(v[i])))+r.eps)
		w[i] -= rate * u[i]
	}
}

// State is the running mean of squares and the velocity.
func (r *RMSProp) State() []Slot {
	return []Slot{{"rmsprop.square", r.v}, {"rmsprop.velocity", r.u}}
}
