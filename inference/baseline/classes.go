package baseline

import "ssmc/inference/data"

func fitBernoulli(_ data.Var, parts []component, _ int) []Predictor {
	return each(parts, func(c component) Predictor { return always{Classes: frequencies(c, 2)} })
}

func fitSwitch(_ data.Var, parts []component, ahead int) []Predictor {
	return each(parts, func(c component) Predictor { return markov(c, 2, ahead) })
}

func fitClasses(v data.Var, parts []component, _ int) []Predictor {
	return each(parts, func(c component) Predictor { return always{Classes: frequencies(c, v.Classes)} })
}

func fitMarkov(v data.Var, parts []component, ahead int) []Predictor {
	return each(parts, func(c component) Predictor { return markov(c, v.Classes, ahead) })
}

// markov predicts a class by how often each came so many steps after the last one, or,
// where none did, by how often it comes.
func markov(c component, k, ahead int) Predictor {
	climate := frequencies(c, k)
	table := transitions(c, k, ahead)
	for y, row := range table {
		if row == nil {
			table[y] = climate
		}
	}
	return following{Prediction{Classes: climate}, func(y float64) Prediction { return Prediction{Classes: table[int(y)]} }, ahead}
}

// frequencies are those of k classes.
func frequencies(c component, k int) []float64 {
	counts := make([]float64, k)
	c.values(func(x float64) { counts[int(x)]++ })
	smooth(counts)
	return counts
}

// transitions are the frequencies of k classes so many steps after each class, nil
// after one that nothing follows.
func transitions(c component, k, ahead int) [][]float64 {
	table := make([][]float64, k)
	c.changes(ahead, func(x, y float64) {
		if table[int(y)] == nil {
			table[int(y)] = make([]float64, k)
		}
		table[int(y)][int(x)]++
	})
	for _, row := range table {
		if row != nil {
			smooth(row)
		}
	}
	return table
}

// smooth turns counts into frequencies, half a count added to each.
func smooth(counts []float64) {
	total := 0.0
	for _, n := range counts {
		total += n + 0.5
	}
	for i, n := range counts {
		counts[i] = (n + 0.5) / total
	}
}
