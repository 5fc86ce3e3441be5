package baseline

import (
	"math"

	"ssmc/inference/data"
	"ssmc/inference/scoring"
)

// A Predictor predicts one component of a variable so many steps ahead.
type Predictor interface {
	// Predict is a prediction for each of the values of a sequence, which are NaN where
	// they are blank, from those that are at least so many steps before it.
	Predict(values []float64) []Prediction
}

// A Prediction is what is said of a number before it is known: its distribution or,
// of classes and binary variables, the probability of each, from 0.
type Prediction struct {
	Number  scoring.Density
	Classes []float64
}

// LogProb is the log density of x, or the log probability of class x, in nats.
func (p Prediction) LogProb(x float64) float64 {
	if p.Classes != nil {
		return math.Log(p.Classes[int(x)])
	}
	return p.Number.LogProb(x)
}

// A fitter learns the predictors of all components of a variable from data, for
// predictions so many steps ahead.
type fitter func(v data.Var, parts []component, ahead int) []Predictor

var fitters = map[data.Kind]map[string]fitter{
	data.Real:   {Climate: fitNormal, Last: fitWalk, Autoregress: fitAR},
	data.Binary: {Climate: fitBernoulli, Last: fitSwitch, Autoregress: fitSwitch},
	data.Count:  {Climate: fitPoisson, Last: fitBlend, Autoregress: fitBlend},
	data.OneOf:  {Climate: fitClasses, Last: fitMarkov, Autoregress: fitMarkov},
}

// always predicts the same.
type always Prediction

func (p always) Predict(values []float64) []Prediction {
	out := make([]Prediction, len(values))
	for t := range out {
		out[t] = Prediction(p)
	}
	return out
}

// following predicts from the last value that is known, and at first without one.
type following struct {
	first Prediction
	next  func(last float64) Prediction
	ahead int
}

func (p following) Predict(values []float64) []Prediction {
	out := make([]Prediction, len(values))
	for t, last := range before(values, p.ahead) {
		if out[t] = p.first; !math.IsNaN(last) {
			out[t] = p.next(last)
		}
	}
	return out
}

// each fits one predictor a component.
func each(parts []component, fit func(c component) Predictor) []Predictor {
	out := make([]Predictor, len(parts))
	for d, c := range parts {
		out[d] = fit(c)
	}
	return out
}
