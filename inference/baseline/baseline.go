// Package baseline predicts sequences naively: what any model should beat. It learns
// from one set of sequences, scores another, and knows nothing of models.
//
// Each component of each observed variable is predicted on its own; blanks are
// skipped. Climatology predicts from the marginal distribution of the component
// in the training data. Persistence predicts from its last observed value in
// the sequence too, and the first one as climatology does. An autoregression
// predicts a real number from several values before.
//
//	kind     climatology        persistence, after a value y                          ar
//	real     normal             normal around y, its variance that of the changes     AR(p), p by BIC
//	binary   Bernoulli          two-state Markov chain                                as persistence
//	count    Poisson            Poisson of a blend of y and the mean                  as persistence
//	one_of   class frequencies  Markov chain                                          as persistence
//
// Several steps ahead, persistence learns from values as far apart; without any it is
// climatology. Frequencies are smoothed: half a frame is added to each count (Jeffreys'
// prior), and to the total of a Poisson rate, so that no value is impossible. Variances
// are at least one millionth of the mean variance of the variable's components.
package baseline

import (
	"fmt"
	"math"

	"ssmc/inference/data"
)

// A Score is the negative log likelihood of a set under a baseline. It is exact.
type Score struct {
	Name string
	Each []float64 // nats of each sequence
}

// The names of the baselines.
const (
	Climate     = "climatology"
	Last        = "persistence"
	Autoregress = "ar"
)

// Climatology learns from train and scores set.
func Climatology(train, set *data.Set) (Score, error) { return score(Climate, train, set) }

// Persistence learns from train and scores set.
func Persistence(train, set *data.Set) (Score, error) { return score(Last, train, set) }

// score adds up the log scores of every observed component.
func score(name string, train, set *data.Set) (Score, error) {
	s := Score{name, make([]float64, len(set.Sequences))}
	for v, from := range train.Vars {
		if from.Role != data.Observed {
			continue
		}
		w, predictors, err := Learn(name, train, set, v, 1)
		if err != nil {
			return s, err
		}
		for i := range set.Sequences {
			for d, values := range Components(&set.Sequences[i], set, w) {
				s.Each[i] -= logScore(predictors[d].Predict(values), values)
			}
		}
	}
	return s, nil
}

// logScore is the log probability of the values of one sequence.
func logScore(predictions []Prediction, values []float64) (sum float64) {
	for t, x := range values {
		if !math.IsNaN(x) {
			sum += predictions[t].LogProb(x)
		}
	}
	return sum
}

// Learn fits a baseline to variable v of train, to predict it in set, where it is the
// variable of index w: a predictor for each of its components.
func Learn(name string, train, set *data.Set, v, ahead int) (w int, list []Predictor, err error) {
	from := train.Vars[v]
	w = set.Index(from.Name)
	if w < 0 || set.Vars[w].Size != from.Size {
		return w, nil, fmt.Errorf("%s has no variable %s of size %d", set.Name, from.Name, from.Size)
	}
	from.Classes = max(from.Classes, set.Vars[w].Classes)
	return w, fitters[from.Kind][name](from, components(train, v), ahead), nil
}

// A component is one column of a variable: its values by sequence, NaN where blank.
type component [][]float64

// components takes variable v of a set apart.
func components(set *data.Set, v int) []component {
	out := make([]component, set.Vars[v].Size)
	for i := range set.Sequences {
		for d, values := range Components(&set.Sequences[i], set, v) {
			out[d] = append(out[d], values)
		}
	}
	return out
}

// Components is variable v of a sequence of a set, component by component: [D][T], NaN
// where a value is missing.
func Components(q *data.Sequence, set *data.Set, v int) [][]float64 {
	out := make([][]float64, set.Vars[v].Size)
	rows, present := q.Values(v), q.Present(v)
	for j, x := range rows {
		value := float64(x)
		if present != nil && !present[j] {
			value = math.NaN()
		}
		d := j % len(out)
		out[d] = append(out[d], value)
	}
	return out
}

// values calls f for every value that is there.
func (c component) values(f func(x float64)) {
	for _, s := range c {
		for _, x := range s {
			if !math.IsNaN(x) {
				f(x)
			}
		}
	}
}

// changes calls f for every value x with the last one y that was there so many steps
// before.
func (c component) changes(ahead int, f func(x, y float64)) {
	for _, s := range c {
		for t, y := range before(s, ahead) {
			if !math.IsNaN(s[t]) && !math.IsNaN(y) {
				f(s[t], y)
			}
		}
	}
}

// before is the last value that is there at least so many steps before each, NaN where
// there is none.
func before(values []float64, ahead int) []float64 {
	out, last := make([]float64, len(values)), math.NaN()
	for t := range values {
		if t >= ahead && !math.IsNaN(values[t-ahead]) {
			last = values[t-ahead]
		}
		out[t] = last
	}
	return out
}
