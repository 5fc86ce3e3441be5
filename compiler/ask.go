package compiler

import (
	"math/rand/v2"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A Question is a query about one sequence: its times are found.
type Question struct {
	Known int // how many of its first steps are given; none without inference
	// Given is what inference sees of these steps.
	Given Given

	all  Given          // the whole sequence
	when map[string]int // of the query's lets, from 1
}

// Use takes the parameters of a fit. What the model has and the fit has not stays
// as it was.
func (a *Asker) Use(p *runtime.Params[float32]) {
	a.sim.use(p)
	a.data = ir.NewInterpreter(a.input)
}

// use takes the parameters of a fit, as far as the simulator has them.
func (s *Simulator) use(p *runtime.Params[float32]) {
	for i, q := range s.params.List {
		if j := p.Index(q.Name); j >= 0 {
			copy(s.params.Get(i), widened(p.Get(j)))
		}
	}
	s.eval = ir.NewInterpreter(s.input)
}

// Question finds the times of the query in a sequence, of which all data are
// given. Without one, why says what the sequence lacks.
func (a *Asker) Question(g Given) (q *Question, why string) {
	q = &Question{all: g, when: map[string]int{"T": g.Steps}}
	for i := range a.times {
		l := &a.times[i]
		t, ok := q.at(l.same), true
		if l.holds != nil {
			if t, ok = a.find(l, q); !ok {
				return nil, "have no " + l.name
			}
		}
		q.when[l.name] = t
	}
	for i := range a.Reports {
		if r := &a.Reports[i]; !q.has(r.window) || q.at(r.lo) <= r.from {
			return nil, "have no steps for " + r.Name
		}
	}
	for _, p := range a.pins {
		if !q.has(window{p.when, p.when}) {
			return nil, "lack a time that is read"
		}
	}
	if len(a.given) > 0 {
		q.Known = q.at(a.cut)
	}
	if q.Known < 0 || q.Known > g.Steps {
		return nil, "end before what is given does"
	}
	q.Given = a.visible(q)
	if why = a.early(q); why != "" {
		return nil, why
	}
	return q, ""
}

// early says what is done too early in a sequence, if anything is.
func (a *Asker) early(q *Question) string {
	for i := range a.dos {
		d := &a.dos[i]
		if !d.v.Timed {
			continue
		}
		if lo := q.at(d.lo); lo < 1 || lo > q.at(d.hi) {
			return "have no steps at which " + d.v.Name + " is set"
		} else if !d.after(lo, q.Known) {
			return "have " + d.v.Name + " set within what is given"
		}
	}
	return ""
}

// at is a moment's time in the sequence, from 1.
func (q *Question) at(m moment) int {
	if m.base == "" {
		return m.off
	}
	return q.when[m.base] + m.off
}

// has reports whether the sequence has all times of a window.
func (q *Question) has(w window) bool {
	lo, hi := q.at(w.lo), q.at(w.hi)
	return 1 <= lo && lo <= hi && hi <= q.all.Steps
}

// visible is what inference sees of a sequence: the given steps, of the variables
// that are given.
func (a *Asker) visible(q *Question) Given {
	out := Given{Steps: q.Known}
	for i, p := range a.Ports {
		rows := q.Known * p.Cols
		if p.Static {
			rows = p.Cols
		}
		values, present := q.all.Data[i][:rows], []bool(nil)
		if q.all.Present != nil && q.all.Present[i] != nil {
			present = q.all.Present[i][:rows]
		}
		if p.Observed && !a.given[p.Name] {
			present = make([]bool, rows)
		}
		out.Data, out.Present = append(out.Data, values), append(out.Present, present)
	}
	return out
}

// find is the first, or last, time at which a condition holds in the data. Where
// it reads what is missing it does not hold.
func (a *Asker) find(l *timeLet, q *Question) (int, bool) {
	a.seen = q.all
	a.place(q)
	found := 0
	for t := l.from; t < q.all.Steps; t++ {
		a.blank = false
		a.data.Begin(q.all.Steps)
		if holds := a.data.At(l.holds, t)[0] != 0; !holds || a.blank {
			continue
		}
		if found = t + 1; !l.last {
			break
		}
	}
	return found, found > 0
}

// place pins values to the times of the sequence.
func (a *Asker) place(q *Question) {
	for n, p := range a.pins {
		a.sim.pins[n] = pinned{p.node, min(max(q.at(p.when), 1), q.all.Steps) - 1}
	}
}

// input is the row of an input in the data, for conditions.
func (a *Asker) input(n *ir.Node, t int) []float64 {
	if n.Source.Kind == op.Param {
		return a.sim.input(n, t)
	}
	if p, ok := a.sim.pins[n]; ok {
		return a.data.At(p.node, p.t)
	}
	x := a.sim.inputs[n]
	if n.Source.Kind == op.Present {
		x = a.sim.present[n]
	}
	i := 0
	for a.sim.ports[i] != x {
		i++
	}
	d := x.v.Cols()
	lo := t * d
	if !x.v.Timed {
		lo = 0
	}
	out := widened(a.seen.Data[i][lo : lo+d])
	here := ones(d)
	if a.seen.Present != nil && a.seen.Present[i] != nil {
		here = indicator(here[:0], a.seen.Present[i][lo:lo+d])
	}
	if n.Source.Kind == op.Present {
		return here
	}
	for _, h := range here {
		a.blank = a.blank || h == 0
	}
	return out
}

// Draw draws the rest of the sequence, given values of the latents in its given
// steps, for each of Latents [Known,D] or [D], and nil for classes. It yields the
// numbers of each report, one for each of its times. What is drawn with one key
// shares its random numbers, whether anything is done or not.
func (a *Asker) Draw(q *Question, latents [][]float32, key uint64, act bool) ([][]float64, error) {
	s := a.sim
	if s.keyed == nil {
		s.keyed = &keyed{pcg: rand.NewPCG(0, 0)}
	}
	s.keyed.key, s.sets = key, nil
	if act {
		s.sets = a.overrides(q)
	}
	a.place(q)
	g := q.all
	g.Known, g.Latents = q.Known, latents
	g.Present = append([][]bool{}, q.Given.Present...)
	for i, p := range a.Ports {
		if !p.Observed && q.all.Present != nil {
			g.Present[i] = q.all.Present[i]
		}
	}
	if err := s.run(g, rand.New(s.keyed.pcg)); err != nil {
		return nil, err
	}
	out := make([][]float64, len(a.Reports))
	for i, r := range a.Reports {
		for t := q.at(r.lo) - 1; t < q.at(r.hi); t++ {
			out[i] = append(out[i], s.eval.At(r.node, t)[0])
		}
	}
	return out, s.err
}

// overrides is the interventions at their times.
func (a *Asker) overrides(q *Question) (out []override) {
	for i := range a.dos {
		d := &a.dos[i]
		o := override{coord: d.coord, node: d.node}
		if d.v.Timed {
			o.lo, o.hi = q.at(d.lo)-1, q.at(d.hi)-1
		}
		for _, x := range append(a.sim.ports, a.sim.latents...) {
			if x.v == d.v {
				o.x = x
			}
		}
		out = append(out, o)
	}
	return out
}
