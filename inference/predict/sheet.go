package predict

import (
	"math"

	"ssmc/inference/data"
	"ssmc/inference/scoring"
	"ssmc/runtime"
)

// A variable is one that is scored.
type variable struct {
	name    string
	kind    runtime.Kind
	port    int
	cols    int
	classes int // of a number that is a class, or binary; 0 for others
}

// scored lists the observed variables of ports.
func scored(ports []runtime.Port) (out []variable) {
	for i, p := range ports {
		if !p.Observed {
			continue
		}
		v := variable{name: p.Name, kind: p.Kind, port: i, cols: p.Cols}
		switch p.Kind {
		case runtime.Binary:
			v.classes = 2
		case runtime.OneOf:
			v.classes = p.Classes
		}
		out = append(out, v)
	}
	return out
}

// A sheet adds up scores: by view, step ahead and variable.
type sheet struct {
	set     *data.Set
	vars    []variable
	frames  []int               // [H] that were predicted
	joint   [][]float64         // [views][H] sums of negative log densities of frames
	tallies [][][]scoring.Tally // [views][H][vars]

	values  [][]float32 // of the sequence, by port
	present [][]bool
	sample  []float64
	chance  []float64
}

func newSheet(set *data.Set, ports []runtime.Port, ahead, views int) *sheet {
	s := &sheet{set: set, vars: scored(ports), frames: make([]int, ahead)}
	for range views {
		s.joint = append(s.joint, make([]float64, ahead))
		var list [][]scoring.Tally
		for range ahead {
			list = append(list, make([]scoring.Tally, len(s.vars)))
		}
		s.tallies = append(s.tallies, list)
	}
	return s
}

// begin turns to a sequence.
func (s *sheet) begin(values [][]float32, present [][]bool) { s.values, s.present = values, present }

// observed is number j of a variable at step t, from 0, or false where it is blank.
func (s *sheet) observed(v *variable, t, j int) (float64, bool) {
	i := t*v.cols + j
	if p := s.present[v.port]; p != nil && !p[i] {
		return 0, false
	}
	return float64(s.values[v.port][i]), true
}

// score scores what was said of step t, from 0, h+1 steps ahead.
func (s *sheet) score(t, h int, e *evidence) {
	s.frames[h]++
	for n := range e.views {
		s.joint[n][h] -= e.joint(&e.views[n])
		for x := range s.vars {
			s.scoreVar(t, h, n, x, e)
		}
	}
}

// scoreVar scores variable x by view n.
func (s *sheet) scoreVar(t, h, n, x int, e *evidence) {
	v, view, tally := &s.vars[x], &e.views[n], &s.tallies[n][h][x]
	first := true
	for j := range v.cols {
		value, there := s.observed(v, t, j)
		switch {
		case !there:
		case e.tells(v.port):
			f := scoring.Normal{Mu: e.outlook.Mean[v.port][j], SD: math.Sqrt(e.outlook.Var[v.port][j])}
			tally.AddNumber(f, f.LogProb(value), value)
		case v.classes > 0:
			s.chance = append(s.chance[:0], make([]float64, v.classes)...)
			e.chance(s.chance, view, x, j, v.kind == runtime.Binary)
			tally.AddClass(s.chance, int(value))
		default:
			s.sample = e.sample(s.sample, view, x, j)
			tally.AddNumber(scoring.NewSample(s.sample, view.drawWeights), s.density(e, view, x, j, first), value)
			first = false
		}
	}
}

// density is the log density that number j of a variable counts with: where all of its
// numbers have one together, the first that is there has it.
func (s *sheet) density(e *evidence, v *view, x, j int, first bool) float64 {
	if n := len(e.parts.vars[x].logs[v.lo]); n == s.vars[x].cols {
		return e.density(v, x, j)
	}
	if first {
		return e.density(v, x, 0)
	}
	return 0
}

// tells reports whether a step's outlook tells the distribution of a port.
func (e *evidence) tells(port int) bool { return e.outlook != nil && e.outlook.Mean[port] != nil }
