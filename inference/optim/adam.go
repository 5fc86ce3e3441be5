package optim

import "ssmc/runtime/kernel"

// Adam follows Kingma & Ba (2015), algorithm 1.
type Adam struct {
	beta1, beta2, eps float64
	m, v              []float32 // running means of the gradient and of its square
}

// NewAdam makes an Adam for n parameters.
func NewAdam(n int, beta1, beta2, eps float64) *Adam {
	return &Adam{beta1, beta2, eps, kernel.Room[float32](n), kernel.Room[float32](n)}
}

// Step does
//
//	m += (1-beta1) (g - m)
//	v += (1-beta2) (g² - v)
//	w -= rate m/(1-beta1^t) / (sqrt(v/(1-beta2^t)) + eps)
func (a *Adam) Step(w, g []float32, lo, hi int, s Step) {
	c := kernel.AdamStep(s.Rate, a.beta1, a.beta2, a.eps, s.Count)
	c.Scale = s.Scale
	kernel.Adam(w[lo:hi], a.m[lo:hi], a.v[lo:hi], g[lo:hi], c)
}

// State is the two running means.
func (a *Adam) State() []Slot { return []Slot{{"adam.mean", a.m}, {"adam.square", a.v}} }
