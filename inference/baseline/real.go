package baseline

import (
	"math"

	"ssmc/inference/data"
)

// normal predicts Normal(mean, variance) whatever came before.
type normal struct{ mean, variance float64 }

func (p normal) first(x float64) float64   { return logNormal(x, p.mean, p.variance) }
func (p normal) next(x, _ float64) float64 { return p.first(x) }

// walk predicts Normal(y, variance) after y.
type walk struct {
	normal
	step float64 // variance of the changes
}

func (p walk) next(x, y float64) float64 { return logNormal(x, y, p.step) }

// logNormal is the log density of Normal(mean, variance) at x.
func logNormal(x, mean, variance float64) float64 {
	return -(math.Log(2*math.Pi*variance) + (x-mean)*(x-mean)/variance) / 2
}

// fitNormal takes each component's mean and variance, by maximum likelihood.
func fitNormal(_ data.Var, parts []component) []predictor {
	var out []predictor
	for _, p := range normals(parts) {
		out = append(out, p)
	}
	return out
}

// fitWalk also takes the mean squared change.
func fitWalk(_ data.Var, parts []component) []predictor {
	steps := make([]float64, len(parts))
	for d, c := range parts {
		var m mean
		c.changes(func(x, y float64) { m.add((x - y) * (x - y)) })
		steps[d] = m.value()
	}
	raise(steps)
	var out []predictor
	for d, p := range normals(parts) {
		out = append(out, walk{p, steps[d]})
	}
	return out
}

func normals(parts []component) []normal {
	out, variances := make([]normal, len(parts)), make([]float64, len(parts))
	for d, c := range parts {
		var m, v mean
		c.values(m.add)
		c.values(func(x float64) { v.add((x - m.value()) * (x - m.value())) })
		out[d].mean, variances[d] = m.value(), v.value()
	}
	raise(variances)
	for d, v := range variances {
		out[d].variance = v
	}
	return out
}

// raise lifts variances to a millionth of their mean: a component that is
// constant in the training data need not be so ever after.
func raise(variances []float64) {
	var m mean
	for _, v := range variances {
		m.add(v)
	}
	floor := 1e-6 * m.value()
	if floor == 0 {
		floor = 1e-6
	}
	for d, v := range variances {
		variances[d] = max(v, floor)
	}
}

// mean is a running mean; that of nothing is zero.
type mean struct{ n, sum float64 }

func (m *mean) add(x float64) { m.n++; m.sum += x }

func (m *mean) value() float64 { return m.sum / max(1, m.n) }
