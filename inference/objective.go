package inference

import (
	"fmt"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// joins is how each objective makes a bound of the samples of a sequence.
var joins = map[string]op.Join{"elbo": op.Mean, "iwae": op.LogMean, "fivo": op.Filter}

// joined reports whether the samples of a sequence make one bound together.
func (c *Config) joined() bool { return joins[c.Objective] != op.Mean }

// draws is the samples of a sequence in one bound: K.
func (c *Config) draws() int {
	if c.Objective == "fivo" {
		return c.Particles
	}
	return c.Samples
}

// form is the form of the bound that is judged by.
func (c *Config) form() runtime.Spec {
	return runtime.Spec{Sampled: c.joined() || c.KL == "sampled", Join: joins[c.Objective]}
}

// trained is the form of the bound that is followed: of the same value but for
// dropout, and with a gradient that may be another.
func (c *Config) trained() runtime.Spec {
	s := c.form()
	s.Train, s.FreeBits, s.Carry = true, c.FreeBits, c.Carry
	s.Pathwise = c.Gradient == "stl" || c.Gradient == "dreg" || c.Gradient == "auto" && c.Objective == "iwae"
	return s
}

// checkObjective reports what can't go together, beyond what needs say.
func (c *Config) checkObjective() error {
	switch {
	case c.Objective == "iwae" && c.Samples < 2:
		return fmt.Errorf("objective is iwae, which with one sample is the sampled elbo; set objective.samples to 2 or more: iwae(samples=5)")
	case c.Gradient == "stl" && (c.Objective != "elbo" || c.KL != "sampled"):
		return fmt.Errorf("objective.gradient is stl, which is of log q at the samples; it needs objective=elbo with objective.kl=sampled")
	case c.Gradient == "dreg" && c.Objective != "iwae":
		return fmt.Errorf("objective.gradient is dreg, which weighs samples against each other; it needs objective=iwae")
	}
	return nil
}
