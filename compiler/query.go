package compiler

import (
	"maps"
	"slices"
	"strconv"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// An Asker answers a query about one sequence after another: it goes on drawing
// from the model where what is given ends. It is not safe for use by several
// goroutines at a time.
type Asker struct {
	Name    string
	On      string // train, valid, test, or empty
	Samples int    // of each sequence; 0 where the query does not say
	Versus  string // Factual, the name of another query, or empty
	Reports []Report
	Ports   []runtime.Port // the variables of the data
	Latents []runtime.Port

	sim   *Simulator
	times []timeLet
	given map[string]bool // the variables of the data that inference sees
	cut   moment          // the last step that is given
	dos   []doing
	data  *ir.Interpreter // of the data alone
	seen  Given           // what data reads
	blank bool            // it has read what is missing
	pins  map[*ir.Node]pin
}

// Factual is what a query is compared with where nothing is done.
const Factual = "factual"

// A Report is a number that a query asks for.
type Report struct {
	Name  string
	Text  string // as the query has it
	Kind  string // mean, sd, quantile or prob
	Level float64

	node *ir.Node // at each time of the window
	from int      // the first step at which it has a value, from 0
	window
}

// NewAsker compiles a query of a file, with its model. It is nil where a finding
// is an error.
func NewAsker(f *lang.File, c Config, name string) (*Asker, diag.List) {
	c.Posterior = MAP // parameters are given
	u := newUnit(f, c)
	u.drawable()
	if u.found.HasErrors() {
		return nil, u.found
	}
	i := slices.IndexFunc(u.queries, func(q *lang.Query) bool { return q.Name.Text == name })
	if i < 0 {
		u.errorf(diag.UnknownName, u.model.Name.Span, "there is no query %s", name).Helpf("%s", suggestOr(name, u.queryNames(), "the file has "+joinNames(u.queryNames())))
		return nil, u.found
	}
	a := u.asker(u.queries[i])
	if u.found.HasErrors() {
		return nil, u.found
	}
	return a, u.found
}

// QueryNames lists the queries of a file.
func QueryNames(f *lang.File) (names []string) {
	for _, it := range f.Items {
		if it.Query != nil {
			names = append(names, it.Query.Name.Text)
		}
	}
	return names
}

func (u *unit) queryNames() []string { return QueryNames(u.file) }

// drawable runs the phases after which the model can be drawn from.
func (u *unit) drawable() {
	for _, phase := range []func(){
		u.loadLibraries, u.findModel, u.declare, u.placeStatements,
		u.exactStates, // latents are what was drawn
		u.evalModel,
		u.evalClasses,
	} {
		if phase(); u.stopped {
			break
		}
	}
	u.found.Sort()
}

// checkQueries compiles the queries, each on a model of its own that is made to be
// drawn from: here the latents are those of the guide.
func (u *unit) checkQueries() {
	if len(u.queries) == 0 || u.found.HasErrors() {
		return
	}
	c := u.config
	c.Posterior = MAP
	v := newUnit(u.file, c)
	v.drawable()
	if !v.found.HasErrors() {
		v.found = nil // said before
		for _, q := range v.queries {
			v.asker(q)
		}
	}
	u.found.Add(v.found...)
	maps.Copy(u.touched, v.touched)
}

// asker compiles one query.
func (u *unit) asker(q *lang.Query) *Asker {
	x := &asking{u: u, q: q, times: map[string]bool{}, pins: map[*ir.Node]pin{},
		out: &Asker{Name: q.Name.Text, given: map[string]bool{}}}
	x.scope = &scope{u: u, parent: u.root(), vals: map[string]value{}, path: q.Name.Text, asks: true}
	x.findPart()
	x.statements(func(s *lang.QueryStmt) {
		if s.Let != nil {
			x.let(s.Let)
		}
	})
	x.statements(x.statement)
	x.checkWhole()
	if u.found.HasErrors() {
		return nil
	}
	return x.finish()
}

// An asking is a query under compilation.
type asking struct {
	u     *unit
	q     *lang.Query
	scope *scope
	times map[string]bool // the lets
	pins  map[*ir.Node]pin
	given *lang.Ref // the first that is
	out   *Asker
}

func (x *asking) statements(f func(*lang.QueryStmt)) {
	for _, s := range x.q.Stmts {
		f(s)
	}
}

func (x *asking) statement(s *lang.QueryStmt) {
	switch {
	case s.Given != nil:
		for _, r := range s.Given.Refs {
			x.giveRef(r)
		}
	case s.Do != nil:
		x.do(s.Do)
	case s.Report != nil:
		x.report(s.Report)
	case s.Versus != nil:
		x.versus(s.Versus)
	case s.Setting != nil:
		x.setting(s.Setting)
	}
}

// findPart reads the part of the data that the query is on.
func (x *asking) findPart() {
	if x.q.On == nil {
		return
	}
	x.out.On = x.q.On.Text
	parts := []string{"train", "valid", "test"}
	if !slices.Contains(parts, x.out.On) {
		x.u.errorf(diag.UnknownName, x.q.On.Span, "there is no part of the data called %s", x.out.On).
			Helpf("%s", suggestOr(x.out.On, parts, "the parts are train, valid and test"))
	}
}

// setting is samples = 100.
func (x *asking) setting(s *lang.Setting) {
	if s.Name.Text != "samples" {
		x.u.errorf(diag.BadSetting, s.Name.Span, "a query has no setting %s", s.Name.Text).
			Helpf("%s", suggestOr(s.Name.Text, []string{"samples"}, "it has samples: how often each sequence is drawn"))
		return
	}
	n, err := strconv.Atoi(lang.Text(s.Value.Tree()))
	if err != nil || n < 1 {
		x.u.errorf(diag.BadSetting, s.Value.Span, "samples is a whole number of at least 1, not %s", lang.Text(s.Value.Tree()))
		return
	}
	x.out.Samples = n
}

// versus says what the reports are compared with.
func (x *asking) versus(v *lang.Versus) {
	x.out.Versus = v.Name.Text
	i := slices.IndexFunc(x.u.queries, func(q *lang.Query) bool { return q.Name.Text == v.Name.Text })
	switch {
	case v.Name.Text == Factual:
		x.versusFactual(v)
	case i < 0:
		x.u.errorf(diag.UnknownName, v.Name.Span, "there is no query %s", v.Name.Text).
			Helpf("%s", suggestOr(v.Name.Text, append(x.u.queryNames(), Factual), "write versus factual, or the name of another query"))
	case x.u.queries[i] == x.q:
		x.u.errorf(diag.BadReport, v.Name.Span, "%s is compared with itself", v.Name.Text).Helpf("write versus factual, or the name of another query")
	}
}

// versusFactual needs something that is done.
func (x *asking) versusFactual(v *lang.Versus) {
	done := slices.ContainsFunc(x.q.Stmts, func(s *lang.QueryStmt) bool { return s.Do != nil })
	if !done {
		x.u.errorf(diag.BadDo, v.Span, "nothing is done: what is factual is the query itself").Helpf("add do u[k:T] = VALUE, or drop this line")
	}
}

// checkWhole reports what is missing.
func (x *asking) checkWhole() {
	if len(x.out.Reports) == 0 && !slices.ContainsFunc(x.q.Stmts, func(s *lang.QueryStmt) bool { return s.Report != nil }) {
		x.u.errorf(diag.BadReport, x.q.Name.Span, "the query %s reports nothing", x.q.Name.Text).Helpf("add report mean(x[1:T]) as NAME")
	}
	x.checkGiven()
	x.checkVersus()
	if n := len(x.out.dos); n > 0 && x.given != nil {
		for i := range x.out.dos {
			x.checkLate(&x.out.dos[i])
		}
	}
}

// checkVersus compares the names of the reports with those of the other query.
func (x *asking) checkVersus() {
	for _, q := range x.u.queries {
		if q.Name.Text != x.out.Versus || q == x.q {
			continue
		}
		var names []string
		for _, s := range q.Stmts {
			if s.Report != nil {
				names = append(names, reportName(s.Report))
			}
		}
		for _, s := range x.q.Stmts {
			if s.Report != nil && !slices.Contains(names, reportName(s.Report)) {
				x.u.errorf(diag.BadReport, s.Report.Span, "%s, which this is compared with, reports no %s", q.Name.Text, reportName(s.Report)).
					Helpf("give two reports one name, by as: it reports %s", joinNames(names))
			}
		}
	}
}

// finish adds the simulator, with all that the query reads.
func (x *asking) finish() *Asker {
	a, u := x.out, x.u
	u.settle()
	chain := u.chainPosterior()
	if u.found.HasErrors() {
		return nil
	}
	var more []*ir.Node
	for _, r := range a.Reports {
		more = append(more, r.node)
	}
	for i := range a.dos {
		more = append(more, a.dos[i].node)
	}
	for _, l := range a.times {
		if l.holds != nil {
			more = append(more, l.holds)
		}
	}
	for _, p := range x.pins {
		more = append(more, p.node)
	}
	if chain != nil {
		more = append(more, chain.like, chain.start, chain.trans)
	}
	a.sim, a.pins = u.simulator(more...), x.pins
	a.sim.chain, a.sim.pins = chain, map[*ir.Node]pinned{}
	a.Ports, a.Latents = a.sim.Ports, a.sim.Latents
	a.data = ir.NewInterpreter(a.input)
	return a
}
