package compiler

import (
	"math/rand/v2"
	"slices"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A Forecaster goes on drawing from a model where the known steps of a sequence end: it
// is a runtime.Forecaster.
type Forecaster struct {
	sim    *Simulator
	scored []*seen // what is observed, in the order of the ports
	memory int     // steps of the latents that are read; less than zero for all
	links  links
	cells  cells

	from, at int // steps that are known, and the step that comes next, from 0
}

var _ runtime.Forecaster = (*Forecaster)(nil)

// NewForecaster compiles a file to predict with its model. If sum, classes that From is
// not given are drawn given all else, which takes a model where they can be summed out.
// The forecaster is nil where a finding is an error.
func NewForecaster(f *lang.File, c Config, sum bool) (*Forecaster, diag.List) {
	c.Posterior = MAP // parameters are given
	u := newUnit(f, c)
	u.drawable()
	if u.found.HasErrors() {
		return nil, u.found
	}
	x := &Forecaster{}
	draws := u.draws()
	for _, v := range u.order {
		if v.Role == "observed" {
			x.scored = append(x.scored, u.seen(v, draws[v.Name]))
		}
	}
	u.settle()
	var chain *chainPosterior
	if sum {
		chain = u.chainPosterior()
	}
	if u.found.HasErrors() {
		return nil, u.found
	}
	x.compile(u, chain)
	return x, u.found
}

// compile makes the simulator.
func (f *Forecaster) compile(u *unit, chain *chainPosterior) {
	more := f.nodes()
	if chain != nil {
		more = append(more, chain.like, chain.start, chain.trans)
	}
	s := u.simulator(more...)
	s.chain, s.keyed, s.seen = chain, &keyed{pcg: rand.NewPCG(0, 0)}, map[*ir.Node]*seen{}
	s.rand = rand.New(s.keyed.pcg)
	for _, x := range f.scored {
		x.port = slices.IndexFunc(s.ports, func(p *series) bool { return p.v == x.v })
		x.series = s.ports[x.port]
		s.seen[x.node], s.seen[x.here] = x, x
	}
	f.sim = s
	f.link()
	f.cells = f.links.of(s.eval)
}

// nodes is what tells how likely what was observed is.
func (f *Forecaster) nodes() (out []*ir.Node) {
	for _, x := range f.scored {
		out = append(append(out, x.logs...), x.chances...)
	}
	return out
}

// Ports is the variables of the data.
func (f *Forecaster) Ports() []runtime.Port { return f.sim.Ports }

// Latents is the variables that are drawn.
func (f *Forecaster) Latents() []runtime.Port { return f.sim.Latents }

// Memory is how many of the last known steps of the latents From is to be given, less
// than zero for all of them.
func (f *Forecaster) Memory() int { return f.memory }

// Use takes the parameters of a fit. What the model has and the fit has not stays as it
// was.
func (f *Forecaster) Use(p *runtime.Params[float32]) {
	f.sim.use(p)
	f.cells = f.links.of(f.sim.eval)
}
