// Package optim turns gradients into steps: penalties, clipping of the global
// norm, and the optimisers. It works on flat vectors of parameters and knows
// nothing of models.
package optim

import "fmt"

// An Optimizer moves parameters against their gradients. Its state belongs to
// the whole vector; it may be called for parts of it at the same time.
type Optimizer interface {
	// Step moves w[lo:hi], which has gradient g[lo:hi].
	Step(w, g []float32, lo, hi int, s Step)
	// State is what the optimiser remembers between steps, shared, in a fixed
	// order: writing it back restores the optimiser.
	State() []Slot
}

// A Step says how far to go.
type Step struct {
	Rate  float64 // learning rate
	Scale float64 // factor on the gradient
	Count int     // steps so far, with this one
}

// A Slot is one vector of an optimiser's state, laid out as the parameters are.
type Slot struct {
	Name   string
	Values []float32
}

// Config chooses an optimiser.
type Config struct {
	Kind     string  // adam, rmsprop or sgd
	Beta1    float64 // decay of Adam's mean gradient
	Beta2    float64 // decay of Adam's mean square
	Decay    float64 // of RMSProp's mean square
	Momentum float64 // of sgd and rmsprop
	Eps      float64 // added to roots of mean squares
}

// Decays is the optimiser's rates of forgetting: Adam's of its two means, RMSProp's of
// the mean square and its momentum, or SGD's momentum.
func (c Config) Decays() (first, second float64) {
	switch c.Kind {
	case "adam":
		return c.Beta1, c.Beta2
	case "rmsprop":
		return c.Decay, c.Momentum
	}
	return c.Momentum, 0
}

// Kinds lists the optimisers.
var Kinds = []string{"adam", "rmsprop", "sgd"}

// New makes an optimiser of n parameters.
func New(c Config, n int) (Optimizer, error) {
	switch c.Kind {
	case "adam":
		return NewAdam(n, c.Beta1, c.Beta2, c.Eps), nil
	case "rmsprop":
		return NewRMSProp(n, c.Decay, c.Momentum, c.Eps), nil
	case "sgd":
		return NewSGD(n, c.Momentum), nil
	}
	return nil, fmt.Errorf("there is no optimizer %q", c.Kind)
}
