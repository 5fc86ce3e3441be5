package optim

import "ssmc/runtime/kernel"

// SGD is gradient descent with heavy-ball momentum (Polyak, 1964).
type SGD struct {
	momentum float32
	u        []float32 // velocity
}

// NewSGD makes an SGD for n parameters.
func NewSGD(n int, momentum float64) *SGD {
	return &SGD{float32(momentum), kernel.Room[float32](n)}
}

// Step does
//
//	u  = momentum u + g
//	w -= rate u
func (d *SGD) Step(w, g []float32, lo, hi int, s Step) {
	rate, scale := float32(s.Rate), float32(s.Scale)
	w, g = w[lo:hi], g[lo:hi]
	for i, u := range d.u[lo:hi] {
		u = d.momentum*u + scale*g[i]
		d.u[lo+i] = u
		w[i] -= rate * u
	}
}

// State is the velocity.
func (d *SGD) State() []Slot { return []Slot{{"sgd.velocity", d.u}} }
