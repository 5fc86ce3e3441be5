package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A Simulator draws sequences from a model, by ancestral sampling: each variable
// given those that its statement reads. It is not safe for use by several
// goroutines at a time.
type Simulator struct {
	Name     string         // of the model
	Ports    []runtime.Port // the variables of the data
	Latents  []runtime.Port // and the others, as if data held them
	Settings []Setting      // of the simulate block, flattened

	params  *runtime.Params[float64] // on the real line
	prior   hyperDraws               // draws some of them
	eval    *ir.Interpreter
	drawn   []*series // latent and observed variables, as declared
	ports   []*series // in the order of Ports
	latents []*series // in the order of Latents
	classes []*series // the latents that are classes
	states  int       // of them all together
	labels  []Labels
	inputs  map[*ir.Node]*series
	present map[*ir.Node]*series
	rand    *rand.Rand
	keyed   *keyed     // random numbers by variable and time, or nil
	sets    []override // of variables, whatever they would be
	pins    map[*ir.Node]pinned
	chain   *chainPosterior    // of the classes, or nil
	seen    map[*ir.Node]*seen // what was observed, whatever is drawn
	err     error              // the first of this sequence
}

// A series is the values of one variable in the sequence that is being drawn.
type series struct {
	v       *variable
	dist    *dist.Dist
	params  [][]*ir.Node    // as dist lists them, for each class that they depend on; none if the variable is given
	number  int             // among all
	values  []float64       // [T,D], or static [D]
	present []float64       // as values, 1 where it is there
	known   []float64       // the first of values, NaN where they are not known
	state   []int           // by time: fresh, busy or done
	beside  map[string]bool // of a class: others that its statement reads at the same time
}

// NewSimulator compiles a file to draw from its model: no guide is needed. The
// block is the name of the simulate block whose settings are the defaults, or
// empty for the file's first. The simulator is nil where a finding is an error.
func NewSimulator(f *lang.File, c Config, block string) (*Simulator, diag.List) {
	c.Posterior = MAP // parameters are given, or drawn from their priors
	u := newUnit(f, c)
	for _, phase := range []func(){
		u.loadLibraries, u.findModel, u.declare, u.placeStatements,
		u.exactStates, // latents are what was drawn
		u.evalModel,
		u.evalClasses,
		func() { u.flattenSimulate(block) },
	} {
		phase()
		if u.stopped {
			break
		}
	}
	u.found.Sort()
	if u.found.HasErrors() {
		return nil, u.found
	}
	return u.simulator(), u.found
}

// simulator is that of the model, with the parameters that more nodes depend on.
func (u *unit) simulator(nodes ...*ir.Node) *Simulator {
	s := &Simulator{Name: u.model.Name.Text, Settings: u.settings, inputs: map[*ir.Node]*series{}, present: map[*ir.Node]*series{}}
	draws := u.draws()
	for _, v := range u.order {
		x := &series{v: v, number: len(s.ports) + len(s.latents)}
		if v.class != nil {
			x.beside = u.beside(v)
		}
		for _, d := range draws[v.Name] {
			x.dist, x.params = d.dist, append(x.params, u.canonical(d))
			nodes = append(nodes, x.params[len(x.params)-1]...)
		}
		s.add(x)
	}
	s.prior.list, s.labels = u.hypers(), u.labels()
	s.params = runtime.ZeroParams[float64](u.usedParams(append(nodes, s.prior.nodes()...)))
	s.Seed(1)
	return s
}

// canonical is the parameters of a draw, in the order of its distribution.
func (u *unit) canonical(d *draw) (nodes []*ir.Node) {
	byName := d.dist.Canonical(u.build, d.nodes())
	for _, p := range d.dist.Params {
		nodes = append(nodes, byName[p.Name])
	}
	return nodes
}

// add files a variable.
func (s *Simulator) add(x *series) {
	if x.v.node != nil {
		s.inputs[x.v.node] = x
	}
	if x.v.asked != nil {
		s.inputs[x.v.asked] = x
	}
	if x.v.present != nil {
		s.present[x.v.present] = x
	}
	if x.dist != nil {
		s.drawn = append(s.drawn, x)
	}
	if x.v.class != nil {
		s.classes, s.states = append(s.classes, x), max(1, s.states)*x.v.Classes
	}
	if x.v.Role == "latent" {
		s.latents, s.Latents = append(s.latents, x), append(s.Latents, x.v.port())
		return
	}
	s.ports, s.Ports = append(s.ports, x), append(s.Ports, x.v.port())
}

// Given is what a sequence is drawn given.
type Given struct {
	Steps int
	// Data is the values of the inputs [T,D] and static variables [D], by port;
	// what stands for a variable that is drawn is read for the known steps alone.
	Data [][]float32
	// Present is where they are there, in the same shapes; nil is everywhere.
	Present [][]bool
	// Known is how many of the first steps are known: up to there, what is drawn
	// is what Data has, or is drawn where that is blank, and what Latents has.
	Known int
	// Latents is the values of the simulator's Latents in the known steps, at
	// least [Known,D], or [D]; nil for classes that are to be drawn given all else.
	Latents [][]float32
}

// A Sample is one sequence.
type Sample struct {
	Data    [][]float32 // for each port [T,D], or static [D]: drawn, or as given
	Latents [][]float32 // for each of the simulator's Latents [T,D]
}

// Draw draws a sequence. All that is drawn is there: blanks are a matter of data.
// An error says where a parameter of a distribution is none, or a value that
// was drawn is beyond what files hold.
func (s *Simulator) Draw(g Given, r *rand.Rand) (*Sample, error) {
	if s.prior.err != nil {
		return nil, s.prior.err
	}
	if err := s.run(g, r); err != nil {
		return nil, err
	}
	for _, x := range s.latents {
		x.hold()
	}
	return &Sample{Data: narrow(s.ports), Latents: narrow(s.latents)}, nil
}

// run draws a sequence and leaves it where it is.
func (s *Simulator) run(g Given, r *rand.Rand) error {
	s.rand, s.err = r, nil
	s.begin(g)
	for t := range g.Steps {
		for _, x := range s.drawn {
			s.row(x, t)
		}
		if s.err != nil {
			break
		}
	}
	return s.err
}

// begin turns to a sequence.
func (s *Simulator) begin(g Given) {
	s.eval.Begin(g.Steps)
	for i, x := range s.ports {
		x.begin(g.Steps)
		if x.dist == nil {
			x.give(g, i)
		} else if g.Known > 0 {
			x.keep(g, i)
		}
	}
	for i, x := range s.latents {
		x.begin(g.Steps)
		if g.Known > 0 && g.Latents[i] != nil {
			x.know(g.Latents[i], nil, g.Known)
		}
	}
	if g.Known > 0 && s.chain != nil && len(s.classes[0].known) == 0 {
		s.drawClasses(g)
	}
}

// hold repeats what was drawn at the first step of a block.
func (x *series) hold() {
	for t := range x.state {
		copy(x.at(x.values, t), x.at(x.values, t-t%x.v.every()))
	}
}

// give takes the values of port i from g.
func (x *series) give(g Given, i int) {
	x.values = x.values[:0]
	for _, v := range g.Data[i] {
		x.values = append(x.values, float64(v))
	}
	if g.Present != nil && g.Present[i] != nil {
		x.present = indicator(x.present, g.Present[i])
	}
}

// indicator appends one for what is true and zero for what is not.
func indicator(dst []float64, here []bool) []float64 {
	for _, h := range here {
		p := 0.0
		if h {
			p = 1
		}
		dst = append(dst, p)
	}
	return dst
}

// narrow is the values of some variables in float32.
func narrow(list []*series) (out [][]float32) {
	for _, x := range list {
		values := make([]float32, len(x.values))
		for i, v := range x.values {
			values[i] = float32(v)
		}
		out = append(out, values)
	}
	return out
}

// input is the row of an input at time t: a variable that has not been drawn
// yet is drawn when it is first read.
func (s *Simulator) input(n *ir.Node, t int) []float64 {
	if x := s.seen[n]; x != nil {
		return x.row(n, t)
	}
	switch n.Source.Kind {
	case op.Param:
		return s.params.Get(s.params.Index(n.Source.Name))
	case op.Dropout:
		return ones(n.Shape.Cols)
	case op.Present:
		x := s.present[n]
		if len(x.present) == 0 {
			return ones(n.Shape.Cols)
		}
		return x.at(x.present, t)
	}
	if p, ok := s.pins[n]; ok {
		return s.eval.At(p.node, p.t)
	}
	if s.chain != nil && s.chain.busy {
		return s.inputs[n].there(t)
	}
	return s.row(s.inputs[n], t)
}

func ones(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}

// at is the row of values at time t.
func (x *series) at(values []float64, t int) []float64 {
	if !x.v.Timed {
		return values
	}
	d := x.v.Cols()
	return values[t*d : (t+1)*d]
}

// begin makes room for a sequence of so many steps.
func (x *series) begin(steps int) {
	if !x.v.Timed {
		steps = 1
	}
	n := steps * x.v.Cols()
	if cap(x.values) < n || cap(x.state) < steps {
		x.values, x.state = make([]float64, n), make([]int, steps)
	}
	x.values, x.state = x.values[:n], x.state[:steps]
	clear(x.values)
	clear(x.state)
	x.present, x.known = x.present[:0], x.known[:0]
}

// row is the values of a variable at time t, drawn now if they were not before.
func (s *Simulator) row(x *series, t int) []float64 {
	if !x.v.Timed {
		t = 0
	}
	t -= t % x.v.every()
	out := x.at(x.values, t)
	if s.err != nil || x.state[t] == done {
		return out
	}
	if x.state[t] == busy {
		s.fail(x, t, "depends on itself")
		return out
	}
	x.state[t] = busy
	if x.dist != nil && !x.settled(t) && !s.setsAll(x, t) {
		s.drawRow(x, t, out)
	}
	x.restore(t, out)
	s.override(x, t, out)
	x.state[t] = done
	return out
}

// drawRow draws all coordinates of a variable at time t.
func (s *Simulator) drawRow(x *series, t int, out []float64) {
	var params [][]float64
	for _, n := range s.statement(x, t) {
		params = append(params, s.eval.At(n, t))
	}
	s.keyed.turn(x.number, t)
	if x.dist.Joint != nil {
		s.drawJoint(x, t, out, params)
		return
	}
	for j := range out {
		s.draw(x, t, &out[j], x.dist.Arguments(params, j))
	}
}

// draw draws one coordinate, rounded as files hold it: what later steps read of
// the data is what is there to be read.
func (s *Simulator) draw(x *series, t int, value *float64, args []float64) {
	switch {
	case s.err != nil:
	case !x.dist.Allows(args):
		s.fail(x, t, "cannot be drawn from "+x.dist.Text(args))
	default:
		v := x.dist.Draw(s.rand, args)
		if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
			s.fail(x, t, fmt.Sprintf("is %g, drawn from %s", v, x.dist.Text(args)))
			return
		}
		*value = float64(float32(v))
	}
}

// drawJoint draws all coordinates at once.
func (s *Simulator) drawJoint(x *series, t int, out []float64, params [][]float64) {
	if s.err != nil {
		return
	}
	if !x.dist.Joint.Draw(s.rand, out, params) {
		s.fail(x, t, "cannot be drawn from "+x.dist.JointText(params))
		return
	}
	for j, v := range out {
		if math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
			s.fail(x, t, fmt.Sprintf("is %g, drawn from %s", v, x.dist.JointText(params)))
			return
		}
		out[j] = float64(float32(v))
	}
}

func (s *Simulator) fail(x *series, t int, what string) {
	if s.err == nil {
		s.err = fmt.Errorf("%s: %s[%d] %s", position(statementAt(x.v, t+1).Span), x.v.Name, t+1, what)
	}
}
