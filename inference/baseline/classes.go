package baseline

import (
	"math"

	"ssmc/inference/data"
)

// classes predicts class x, from 0, with log probability row[x]; after class y
// with table[y][x], where there is a table.
type classes struct {
	row   []float64
	table [][]float64
}

func (p classes) first(x float64) float64 { return p.row[int(x)] }

func (p classes) next(x, y float64) float64 {
	if p.table == nil {
		return p.first(x)
	}
	return p.table[int(y)][int(x)]
}

func fitBernoulli(_ data.Var, parts []component) []predictor {
	return each(parts, func(c component) predictor { return classes{row: frequencies(c, 2)} })
}

func fitSwitch(_ data.Var, parts []component) []predictor {
	return each(parts, func(c component) predictor { return classes{frequencies(c, 2), transitions(c, 2)} })
}

func fitClasses(v data.Var, parts []component) []predictor {
	return each(parts, func(c component) predictor { return classes{row: frequencies(c, v.Classes)} })
}

func fitMarkov(v data.Var, parts []component) []predictor {
	return each(parts, func(c component) predictor {
		return classes{frequencies(c, v.Classes), transitions(c, v.Classes)}
	})
}

// frequencies are the log frequencies of k classes.
func frequencies(c component, k int) []float64 {
	counts := make([]float64, k)
	c.values(func(x float64) { counts[int(x)]++ })
	smooth(counts)
	return counts
}

// transitions are the log frequencies of k classes after each class.
func transitions(c component, k int) [][]float64 {
	table := make([][]float64, k)
	for y := range table {
		table[y] = make([]float64, k)
	}
	c.changes(func(x, y float64) { table[int(y)][int(x)]++ })
	for _, row := range table {
		smooth(row)
	}
	return table
}

// smooth turns counts into log frequencies, half a count added to each.
func smooth(counts []float64) {
	total := 0.0
	for _, n := range counts {
		total += n + 0.5
	}
	for i, n := range counts {
		counts[i] = math.Log((n + 0.5) / total)
	}
}
