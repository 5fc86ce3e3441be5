package predict

import (
	"math"

	"ssmc/runtime"
)

// evidence is what is said of one step: densities and probabilities at some parts, and
// draws, each with weights. Views are those of all filters together, and of each.
type evidence struct {
	parts, draws *Drawn
	views        []view
	outlook      *runtime.Outlook // what is told of some variables in place of both; or nil
	log          float64          // log density of all that was observed, where
	logKnown     bool             // it is known exactly
}

// A view is rows from lo and drawLo on, with weights that add up to one.
type view struct {
	lo, drawLo           int
	weights, drawWeights []float64
}

// ofCloud is what the draws from a cloud say.
func ofCloud(c *Cloud, d *Drawn, filters int) *evidence {
	k := len(c.Weights)
	all := make([]float64, k)
	for i, w := range c.Weights {
		all[i] = w / float64(filters)
	}
	e := &evidence{parts: d, draws: d, views: []view{{weights: all, drawWeights: all}}}
	for g := range filters {
		lo := g * k / filters
		w := c.Weights[lo : (g+1)*k/filters]
		e.views = append(e.views, view{lo, lo, w, w})
	}
	return e
}

// logMean is the log of the weighted mean of exp(of(row)).
func (v *view) logMean(of func(row int) float64) float64 {
	top, sum := math.Inf(-1), 0.0
	for i, w := range v.weights {
		if l := of(v.lo + i); w > 0 && l > top {
			top = l
		}
	}
	if math.IsInf(top, -1) {
		return top
	}
	for i, w := range v.weights {
		if w > 0 {
			sum += w * math.Exp(of(v.lo+i)-top)
		}
	}
	return top + math.Log(sum)
}

// joint is the log density of all that was observed of a step.
func (e *evidence) joint(v *view) float64 {
	switch {
	case e.logKnown:
		return e.log
	case e.outlook == nil:
		return v.logMean(func(r int) float64 { return e.parts.Log[r] })
	}
	return e.outlook.Log + v.logMean(e.rest)
}

// rest is the log density of what an outlook does not tell, at a part.
func (e *evidence) rest(r int) (sum float64) {
	for i := range e.parts.vars {
		x := &e.parts.vars[i]
		if len(x.logs) == 0 || x.logs[r] == nil {
			continue // the outlook tells it
		}
		for _, l := range x.logs[r] {
			if !math.IsNaN(l) {
				sum += l
			}
		}
	}
	return sum
}

// density is the log density of number j of a variable, or of all of its numbers.
func (e *evidence) density(v *view, x, j int) float64 {
	return v.logMean(func(r int) float64 { return e.parts.vars[x].logs[r][j] })
}

// chance sets p to the probabilities of number j of a variable: from a formula at each
// part or, without one, by how often each was drawn, with half a draw added to each.
func (e *evidence) chance(p []float64, v *view, x, j int, binary bool) {
	clear(p)
	part := &e.parts.vars[x]
	if len(part.chances[v.lo]) == 0 {
		n := 0.5 * float64(len(p))
		for i := range v.drawWeights {
			k := int(e.draws.vars[x].values[v.drawLo+i][j])
			p[k] += v.drawWeights[i] * float64(len(v.drawWeights))
		}
		for k := range p {
			p[k] = (p[k] + 0.5) / (n + float64(len(v.drawWeights)))
		}
		return
	}
	for i, w := range v.weights {
		c := part.chances[v.lo+i]
		if binary {
			p[0] += w * (1 - c[j])
			p[1] += w * c[j]
			continue
		}
		for k := range p {
			p[k] += w * c[k]
		}
	}
}

// sample is the draws of number j of a variable.
func (e *evidence) sample(dst []float64, v *view, x, j int) []float64 {
	dst = dst[:0]
	for i := range v.drawWeights {
		dst = append(dst, e.draws.vars[x].values[v.drawLo+i][j])
	}
	return dst
}
