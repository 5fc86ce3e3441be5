// Package baseline scores naive predictors, for models to be compared with. It
// knows nothing of models.
//
// Each component of each observed variable is predicted on its own; blanks are
// skipped. Climatology predicts from the marginal distribution of the component
// in the training data. Persistence predicts from its last observed value in
// the sequence too, and the first one as climatology does.
//
//	kind     climatology                   persistence, after a value y
//	real     normal                        normal around y, its variance that of the changes
//	binary   Bernoulli                     two-state Markov chain
//	count    Poisson                       Poisson of a blend of y and the mean
//	one_of   class frequencies             Markov chain
//
// Frequencies are smoothed: half a frame is added to each count (Jeffreys'
// prior), and to the total of a Poisson rate, so that no value is impossible.
// Variances are at least one millionth of the mean variance of the variable's
// components.
package baseline

import (
	"fmt"

	"ssmc/inference/data"
)

// A Score is the negative log likelihood of a set under a baseline. It is exact.
type Score struct {
	Name string
	Each []float64 // nats of each sequence
}

// A predictor gives the log probability, or density, of one component.
type predictor interface {
	// first is of a value with none before it.
	first(x float64) float64
	// next is of x after y.
	next(x, y float64) float64
}

// A fitter learns the predictors of all components of a variable from data.
type fitter func(v data.Var, parts []component) []predictor

var fitters = map[data.Kind]struct{ climatology, persistence fitter }{
	data.Real:   {fitNormal, fitWalk},
	data.Binary: {fitBernoulli, fitSwitch},
	data.Count:  {fitPoisson, fitBlend},
	data.OneOf:  {fitClasses, fitMarkov},
}

// Climatology learns from train and scores set.
func Climatology(train, set *data.Set) (Score, error) {
	return score("climatology", train, set, func(k data.Kind) fitter { return fitters[k].climatology })
}

// Persistence learns from train and scores set.
func Persistence(train, set *data.Set) (Score, error) {
	return score("persistence", train, set, func(k data.Kind) fitter { return fitters[k].persistence })
}

// score adds up the log scores of every observed component.
func score(name string, train, set *data.Set, choose func(data.Kind) fitter) (Score, error) {
	s := Score{name, make([]float64, len(set.Sequences))}
	for v, to := range train.Vars {
		if to.Role != data.Observed {
			continue
		}
		w := set.Index(to.Name)
		if w < 0 || set.Vars[w].Size != to.Size {
			return s, fmt.Errorf("%s has no variable %s of size %d", set.Name, to.Name, to.Size)
		}
		to.Classes = max(to.Classes, set.Vars[w].Classes)
		predictors := choose(to.Kind)(to, components(train, v))
		for d, c := range components(set, w) {
			for i, values := range c {
				s.Each[i] -= logScore(predictors[d], values)
			}
		}
	}
	return s, nil
}

// logScore is the log probability of the values of one sequence.
func logScore(p predictor, values []float64) (sum float64) {
	for i, x := range values {
		if i == 0 {
			sum += p.first(x)
		} else {
			sum += p.next(x, values[i-1])
		}
	}
	return sum
}

// A component is one column of a variable: its observed values, by sequence.
type component [][]float64

// components takes variable v of a set apart.
func components(set *data.Set, v int) []component {
	size := set.Vars[v].Size
	out := make([]component, size)
	for d := range out {
		out[d] = make(component, len(set.Sequences))
	}
	var rows []float32
	for i := range set.Sequences {
		s := &set.Sequences[i]
		rows = s.Rows(v, 0, s.Len, rows)
		present := s.Present(v)
		for j, x := range rows {
			if present == nil || present[j] {
				out[j%size][i] = append(out[j%size][i], float64(x))
			}
		}
	}
	return out
}

// values calls f for every value.
func (c component) values(f func(x float64)) {
	for _, s := range c {
		for _, x := range s {
			f(x)
		}
	}
}

// changes calls f for every value x that comes after a value y.
func (c component) changes(f func(x, y float64)) {
	for _, s := range c {
		for i := 1; i < len(s); i++ {
			f(s[i], s[i-1])
		}
	}
}

// each fits one predictor a component.
func each(parts []component, fit func(c component) predictor) []predictor {
	out := make([]predictor, len(parts))
	for d, c := range parts {
		out[d] = fit(c)
	}
	return out
}
