package baseline

import (
	"math"

	"ssmc/inference/data"
	"ssmc/inference/scoring"
)

// fitNormal takes each component's mean and variance, by maximum likelihood.
func fitNormal(_ data.Var, parts []component, _ int) []Predictor {
	var out []Predictor
	for _, p := range normals(parts) {
		out = append(out, always{Number: p})
	}
	return out
}

// fitWalk predicts the last value, with the mean squared change over so many steps. A
// component without any is predicted as by climatology.
func fitWalk(_ data.Var, parts []component, ahead int) []Predictor {
	climate := normals(parts)
	known, steps := make([]bool, len(parts)), make([]float64, len(parts))
	for d, c := range parts {
		var m mean
		c.changes(ahead, func(x, y float64) { m.add((x - y) * (x - y)) })
		if known[d], steps[d] = m.n > 0, m.value(); !known[d] {
			steps[d] = climate[d].SD * climate[d].SD
		}
	}
	raise(steps)
	var out []Predictor
	for d, p := range climate {
		next := func(y float64) Prediction { return Prediction{Number: scoring.Normal{Mu: y, SD: math.Sqrt(steps[d])}} }
		if !known[d] {
			next = func(float64) Prediction { return Prediction{Number: p} }
		}
		out = append(out, following{Prediction{Number: p}, next, ahead})
	}
	return out
}

// normals is the distribution of each component's values.
func normals(parts []component) []scoring.Normal {
	out, variances := make([]scoring.Normal, len(parts)), make([]float64, len(parts))
	for d, c := range parts {
		var m, v mean
		c.values(m.add)
		c.values(func(x float64) { v.add((x - m.value()) * (x - m.value())) })
		out[d].Mu, variances[d] = m.value(), v.value()
	}
	raise(variances)
	for d, v := range variances {
		out[d].SD = math.Sqrt(v)
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
