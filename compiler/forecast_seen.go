package compiler

import (
	"math"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A seen variable is an observed one with the data, beside what is drawn in its place.
type seen struct {
	v      *variable
	port   int
	series *series
	node   *ir.Node // what was observed
	here   *ir.Node // and where: of a variable that may be missing

	joint   bool       // its numbers have one density together
	logs    []*ir.Node // the density of each number, for each class that it depends on
	chances []*ir.Node // the probability of a one, or the log of that of each class
	classes bool       // it is a class

	values  []float64 // [T,D]
	present []float64 // [T,D], nil where nothing is missing
}

// seen makes the nodes that score a variable, which has these distributions.
func (u *unit) seen(v *variable, list []*draw) *seen {
	x := &seen{v: v, classes: v.Kind == runtime.OneOf}
	x.node = u.build.Input(op.Source{Kind: op.Data, Name: "seen " + v.Name}, v.rows())
	var mask *ir.Node
	if v.Missing {
		x.here = u.build.Input(op.Source{Kind: op.Present, Name: "seen " + v.Name}, v.rows())
		mask = x.here
	}
	for _, d := range list {
		u.build.Pos = position(d.at)
		if x.joint = d.dist.Joint != nil; x.joint {
			x.logs = append(x.logs, d.dist.Density(u.build, x.node, d.nodes(), mask))
			continue
		}
		x.logs = append(x.logs, d.dist.Densities(u.build, x.node, d.nodes()))
		switch {
		case x.classes:
			x.chances = append(x.chances, d.dist.Classes(u.build, d.nodes()))
		case d.dist.Over == dist.Binary:
			x.chances = append(x.chances, d.dist.Expected(u.build, d.nodes()))
		}
	}
	return x
}

// row is what was observed at time t, or where.
func (x *seen) row(n *ir.Node, t int) []float64 {
	if n != x.here {
		return x.series.at(x.values, t)
	}
	if x.present == nil {
		return ones(x.v.Cols())
	}
	return x.series.at(x.present, t)
}

// begin takes the data of a sequence: what is missing is zero.
func (x *seen) begin(values []float32, present []bool) {
	x.values, x.present = widened(values), nil
	if present == nil {
		return
	}
	x.present = indicator(nil, present)
	for i, here := range present {
		if !here {
			x.values[i] = 0
		}
	}
}

// show puts what was observed at time t in the place of what is drawn.
func (x *seen) show(t int) {
	copy(x.series.at(x.series.values, t), x.series.at(x.values, t))
	if len(x.series.present) > 0 {
		copy(x.series.at(x.series.present, t), x.row(x.here, t))
	}
	x.series.state[t] = done
}

// hide makes room for what is drawn at time t: all of it will be there.
func (x *seen) hide(t int) {
	if len(x.series.present) > 0 {
		p := x.series.at(x.series.present, t)
		for j := range p {
			p[j] = 1
		}
	}
	x.series.state[t] = fresh
}

// score sets what is told of the observations at time t, and gives the log density of
// all that are there.
func (x *seen) score(s *Simulator, t int, out *runtime.VarForecast) (sum float64) {
	k := 0
	if len(x.logs) > 1 {
		k = s.which(x.series, t)
	}
	logs, width := s.eval.At(x.logs[k], t), x.v.Cols()
	if x.joint {
		width = 1
	}
	out.Log = out.Log[:0]
	for j := range width {
		l := logs[min(j, len(logs)-1)]
		if !x.joint && x.present != nil && x.series.at(x.present, t)[j] == 0 {
			l = math.NaN()
		} else {
			sum += l
		}
		out.Log = append(out.Log, l)
	}
	if x.chances != nil {
		x.chance(s.eval.At(x.chances[k], t), out)
	}
	return sum
}

// chance sets the probabilities of a binary variable, or of classes.
func (x *seen) chance(p []float64, out *runtime.VarForecast) {
	n := x.v.Cols()
	if x.classes {
		n = x.v.Classes
	}
	out.Chance = out.Chance[:0]
	for j := range n {
		v := p[min(j, len(p)-1)]
		if x.classes {
			v = math.Exp(v)
		}
		out.Chance = append(out.Chance, v)
	}
}
