package inference

import (
	"context"
	"slices"

	"gonum.org/v1/gonum/stat"

	"ssmc/inference/data"
	"ssmc/inference/scoring"
)

// A GuideCheck tells how well a guide stands in for the posterior: as the
// proposal of importance sampling, whose weights are equal where it is exact.
// All of it is taken from the same samples z ~ q(z|x).
type GuideCheck struct {
	NLL       Score           `json:"nll"`
	Bound     Score           `json:"bound"`       // negative, log p - log q at the samples
	Gap       Estimate        `json:"gap"`         // of the bound above the NLL, nats a frame
	ESS       Quantiles       `json:"ess"`         // effective samples, over sequences
	KHat      Quantiles       `json:"k_hat"`       // over sequences
	Limit     Real            `json:"trust_below"` // the k-hat from which the NLL is not to be trusted
	Readings  map[Reading]int `json:"readings"`    // sequences of each
	Sequences []SequenceCheck `json:"sequences"`
	KL        KLByTime        `json:"kl"`
	Exact     []ExactCheck    `json:"exact,omitempty"` // against the exact posterior, where there is one
}

// An Estimate is a number with its Monte-Carlo standard error.
type Estimate struct {
	Value float64 `json:"value"`
	Error float64 `json:"error"`
}

// Quantiles are those of one number of each sequence.
type Quantiles struct {
	Min    Real `json:"min"`
	Low    Real `json:"q05"`
	Median Real `json:"median"`
	High   Real `json:"q95"`
	Max    Real `json:"max"`
}

// A Real is a number that JSON may not have: null if infinite or not a number.
type Real = scoring.Real

// CheckGuide draws c.Eval.NLLSamples samples of each sequence of set from the
// guide and examines their weights. Its NLL is what Importance gives, to the last bit.
// The weights of one batch of sequences are in memory at a time.
func (f Fitted) CheckGuide(ctx context.Context, set *data.Set, c *Config) (*GuideCheck, error) {
	samples := c.Eval.NLLSamples
	s, err := f.scorer(set, c, true, samples)
	if err != nil {
		return nil, err
	}
	w, kl := newWeighing(set, s.draws(samples)), newKLMeter(s.machine)
	s.inspect = kl.add
	nll, err := s.nll(ctx, samples, c.Seed, f.Progress, w.add)
	if err != nil {
		return nil, err
	}
	g := &GuideCheck{NLL: nll, Bound: w.bound(), Gap: w.gap(), Sequences: w.checks, KL: kl.byTime(set, s.draws(samples)), Limit: Real(trustBelow(samples))}
	g.summarise()
	return g, nil
}

// summarise takes the quantiles over sequences and counts readings.
func (g *GuideCheck) summarise() {
	g.Readings = map[Reading]int{}
	var ess, k []float64
	for _, q := range g.Sequences {
		ess, k = append(ess, q.ESS), append(k, float64(q.KHat))
		g.Readings[q.Reading]++
	}
	g.ESS, g.KHat = quantiles(ess), quantiles(k)
}

// quantiles sorts x. They are values of x, NaN where one of these is.
func quantiles(x []float64) Quantiles {
	slices.Sort(x)
	at := func(p float64) Real { return Real(stat.Quantile(p, stat.Empirical, x, nil)) }
	return Quantiles{Min: at(0), Low: at(0.05), Median: at(0.5), High: at(0.95), Max: at(1)}
}

// Worst is at most n sequences, those first whose weights are the least even: by
// k-hat, then by effective samples.
func (g *GuideCheck) Worst(n int) []SequenceCheck {
	out := slices.Clone(g.Sequences)
	slices.SortStableFunc(out, worseFirst)
	return out[:min(n, len(out))]
}
