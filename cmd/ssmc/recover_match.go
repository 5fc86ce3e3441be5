package main

import (
	"math"
	"slices"
	"strings"

	"ssmc/compiler"
	"ssmc/inference"
)

// A truth is a parameter that a model names, with the values that data were drawn
// with.
type truth struct{ compiler.Known }

// declaredParams is the parameters that a model declares itself: those of nets are not
// determined by data.
func declaredParams(model string, all []compiler.Known) (out []truth) {
	for _, p := range all {
		if strings.Count(strings.TrimPrefix(p.Name, model+"."), ".") == 0 {
			out = append(out, truth{p})
		}
	}
	return out
}

// A recovered is what one fit found, for each truth. Low and High are nil where the
// fit tells no uncertainty.
type recovered struct {
	Seed   uint64
	Values []estimated
	Labels map[string][]int // for each latent class, what its classes are called in the fit
}

type estimated struct{ Value, Low, High []float64 }

// estimate reads the parameters of a fit, with the labels of classes that suit the
// truth the best.
func (x *recovery) estimate(t *trial) recovered {
	out := recovered{Seed: t.Seed, Labels: map[string][]int{}}
	posteriors := map[string]inference.ParamPosterior{}
	for _, p := range t.fit.Posteriors() {
		posteriors[p.Name] = p
	}
	for _, q := range x.truths {
		var e estimated
		if p, ok := posteriors[q.Name]; ok {
			e = estimated{plain(p.Mean), plain(p.Low), plain(p.High)}
		} else if i := t.fit.Params.Index(q.Name); i >= 0 {
			e.Value = t.fit.Natural(i)
		}
		out.Values = append(out.Values, e)
	}
	for _, l := range x.known.sim.Labels() {
		order := x.bestOrder(l, out.Values)
		out.Labels[l.Latent] = order
		for i, q := range x.truths {
			e := &out.Values[i]
			for _, v := range []*[]float64{&e.Value, &e.Low, &e.High} {
				*v = permuted(*v, q.Dims, l.Axes[q.Name], order)
			}
		}
	}
	return out
}

func plain(x []inference.Real) (out []float64) {
	for _, v := range x {
		out = append(out, float64(v))
	}
	return out
}

// permuted is an array whose index along some axes goes through order.
func permuted(v []float64, dims, axes, order []int) []float64 {
	if len(axes) == 0 || v == nil {
		return v
	}
	out := make([]float64, len(v))
	for i := range out {
		from, stride, rest := 0, 1, i
		for a := len(dims) - 1; a >= 0; a-- {
			k := rest % dims[a]
			if slices.Contains(axes, a) {
				k = order[k]
			}
			from, stride, rest = from+k*stride, stride*dims[a], rest/dims[a]
		}
		out[i] = v[from]
	}
	return out
}

// mostOrders is the classes of which all orders are tried.
const mostOrders = 8

// bestOrder is the order of the classes of a fit in which its parameters are
// nearest to the truth, each parameter in units of its own size: the best of all
// or, of many classes, the best by parameters with one row a class.
func (x *recovery) bestOrder(l compiler.Labels, fit []estimated) []int {
	order := make([]int, l.Classes)
	for i := range order {
		order[i] = i
	}
	if l.Classes > mostOrders {
		return assign(x.rowCosts(l, fit))
	}
	best, least := order, math.Inf(1)
	permutations(order, 0, func(p []int) {
		if d := x.distance(l, fit, p); d < least {
			best, least = slices.Clone(p), d
		}
	})
	return best
}

// permutations visits all orders of p from place i on.
func permutations(p []int, i int, visit func([]int)) {
	if i == len(p) {
		visit(p)
		return
	}
	for j := i; j < len(p); j++ {
		p[i], p[j] = p[j], p[i]
		permutations(p, i+1, visit)
		p[i], p[j] = p[j], p[i]
	}
}

// distance is how far the parameters of a fit are from the truth in an order.
func (x *recovery) distance(l compiler.Labels, fit []estimated, order []int) (d float64) {
	for i, q := range x.truths {
		if axes := l.Axes[q.Name]; len(axes) > 0 {
			d += squaresBetween(permuted(fit[i].Value, q.Dims, axes, order), q.Values) / size(q.Values)
		}
	}
	return d
}

func squaresBetween(a, b []float64) (d float64) {
	for i, v := range a {
		d += (v - b[i]) * (v - b[i])
	}
	return d
}

// size is the sum of squares of numbers, and something if they are all zero.
func size(x []float64) float64 { return squaresBetween(x, make([]float64, len(x))) + 1e-12 }

// rowCosts is how far class j of a fit is from class i of the truth, by the
// parameters of which the first axis alone counts classes.
func (x *recovery) rowCosts(l compiler.Labels, fit []estimated) [][]float64 {
	costs := make([][]float64, l.Classes)
	for i := range costs {
		costs[i] = make([]float64, l.Classes)
		for n, q := range x.truths {
			if !slices.Equal(l.Axes[q.Name], []int{0}) {
				continue
			}
			w := len(q.Values) / l.Classes
			for j := range costs[i] {
				costs[i][j] += squaresBetween(fit[n].Value[j*w:][:w], q.Values[i*w:][:w]) / size(q.Values)
			}
		}
	}
	return costs
}

// assign is the column of each row with the least sum of costs: the Hungarian
// algorithm by shortest augmenting paths (Jonker and Volgenant 1987).
func assign(costs [][]float64) []int {
	n := len(costs)
	u, v := make([]float64, n+1), make([]float64, n+1)
	row := make([]int, n+1) // of each column, from 1; column 0 is the row to be placed
	for i := 1; i <= n; i++ {
		row[0] = i
		augment(costs, u, v, row)
	}
	out := make([]int, n)
	for j := 1; j <= n; j++ {
		out[row[j]-1] = j - 1
	}
	return out
}

// augment places the row of column 0, with potentials u of rows and v of columns.
func augment(costs [][]float64, u, v []float64, row []int) {
	n := len(costs)
	least, from, used := slices.Repeat([]float64{math.Inf(1)}, n+1), make([]int, n+1), make([]bool, n+1)
	j := 0
	for row[j] != 0 {
		used[j] = true
		delta, next := math.Inf(1), 0
		for k := 1; k <= n; k++ {
			if used[k] {
				continue
			}
			if c := costs[row[j]-1][k-1] - u[row[j]] - v[k]; c < least[k] {
				least[k], from[k] = c, j
			}
			if least[k] < delta {
				delta, next = least[k], k
			}
		}
		for k := range used {
			if used[k] {
				u[row[k]] += delta
				v[k] -= delta
			} else {
				least[k] -= delta
			}
		}
		j = next
	}
	for j != 0 {
		row[j] = row[from[j]]
		j = from[j]
	}
}
