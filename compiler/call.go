package compiler

import (
	"maps"
	"slices"
	"strings"

	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// An argument is one given to a function, a net or a distribution.
type argument struct {
	name  string
	value value
	at    diag.Span
}

func joinNames(names []string) string { return strings.Join(names, ", ") }

// call is the value of f(...): of a net, a builtin or a distribution.
func (s *scope) call(n *lang.Call) value {
	if ref, ok := n.Fun.(*lang.NameRef); ok && s.lookup(ref.Name) == nil {
		if d, ok := dist.Lookup(ref.Name); ok {
			return s.drawFrom(d, n)
		}
		return s.unknownFunction(ref)
	}
	switch f := s.eval(n.Fun).(type) {
	case bad:
		return bad{}
	case builtin:
		return f.fn(s, n)
	case netValue:
		args, ok := s.arguments(n.Args)
		if !ok {
			return bad{}
		}
		return s.callNet(f, args, n)
	default:
		s.errorf(diag.NotValue, n.Fun.At(), "%s is %s, not a function", lang.Text(n.Fun), f.describe())
		return bad{}
	}
}

// otherNames are what else distributions are called in books and programs.
var otherNames = map[string]string{
	"Gaussian": "Normal", "Gauss": "Normal", "N": "Normal", "Bern": "Bernoulli", "Discrete": "Categorical",
	"Multinoulli": "Categorical", "Cat": "Categorical", "Student": "StudentT", "T": "StudentT", "InvGamma": "InverseGamma",
	"NegBinomial": "NegativeBinomial", "NegBin": "NegativeBinomial", "NB": "NegativeBinomial", "ZIP": "ZeroInflatedPoisson",
	"ZINB": "ZeroInflatedNegativeBinomial", "DoubleExponential": "Laplace", "OrderedLogit": "OrderedLogistic", "MixtureModel": "Mixture",
}

// unknownFunction reports a call of what is not there.
func (s *scope) unknownFunction(ref *lang.NameRef) value {
	if _, ok := s.u.libNets[ref.Name]; ok {
		return s.unknown(ref)
	}
	if known := otherNames[ref.Name]; known != "" {
		s.errorf(diag.UnknownName, ref.Span, "there is no distribution %s here", ref.Name).Helpf("it is called %s", known)
		return bad{}
	}
	if near := diag.Suggest(ref.Name, append(dist.Names(), slices.Collect(maps.Keys(otherNames))...)); near != "" {
		if known := otherNames[near]; known != "" {
			near = known
		}
		s.errorf(diag.UnknownName, ref.Span, "there is no distribution or function %s", ref.Name).Helpf("did you mean %s?", near)
		return bad{}
	}
	return s.unknown(ref)
}

func (s *scope) arguments(in []*lang.ArgNode) (args []*argument, ok bool) {
	ok = true
	for _, a := range in {
		v := s.eval(a.Value)
		ok = ok && !isBad(v)
		args = append(args, &argument{a.Name, v, a.Value.At()})
	}
	return args, ok
}

// callNet evaluates the body of a net for its arguments. A net over a range of
// times runs in that direction, and its result is a range again.
func (s *scope) callNet(f netValue, args []*argument, call *lang.Call) value {
	path := f.path
	if f.name == "" {
		path = s.segment.next()
	}
	vals, ok := s.bind(f, append(args[:len(args):len(args)], f.preset...), call)
	if !ok {
		return bad{}
	}
	body := &scope{u: s.u, parent: f.home, vals: vals, path: path, back: s.back, guide: s.guide, at: s.at,
		library: s.u.nets[f.net.Name.Text] != f.net, need: s.need, time: s.time}
	sw := sweepOf(args)
	body.running = s.runs(f, sw)
	if body.library && !s.library {
		body.at = call.Span
	}
	if sw != nil {
		if sw.both {
			s.errorf(diag.TimeIndex, call.Span, "a net runs over the past or the future, not over both at once").
				Helpf("call it twice, with [1:t] and [t:T], and use both results")
			return bad{}
		}
		body.back, body.time = sw.back, 0
		for name, v := range vals { // in the body it is read at t
			if w, ok := v.(sweep); ok {
				w.raw = false
				vals[name] = w
			}
		}
	}
	out := body.run(f.net)
	if a, ok := out.(array); ok && sw != nil && a.node.Shape.Axis == op.Frame {
		return sweep{array: a, back: sw.back, whole: sw.whole, over: sw.over}
	}
	return out
}

// sweepOf is the range of times among the arguments, or nil.
func sweepOf(args []*argument) *sweep {
	for _, a := range args {
		if sw, ok := a.value.(sweep); ok {
			return &sw
		}
	}
	return nil
}

// bind gives a net's parameters their values.
func (s *scope) bind(f netValue, args []*argument, call *lang.Call) (map[string]value, bool) {
	vals := map[string]value{}
	next := 0
	for _, a := range args {
		name := a.name
		if name == "" {
			if next >= len(f.net.Params) {
				s.errorf(diag.BadArgument, a.at, "%s takes at most %d arguments", netName(f), len(f.net.Params))
				return nil, false
			}
			name = f.net.Params[next].Name.Text
			next++
		}
		if !hasParam(f.net, name) {
			s.errorf(diag.BadArgument, a.at, "%s has no argument %s", netName(f), name).
				Helpf("%s", suggestOr(name, paramNames(f.net), "it takes "+joinNames(paramNames(f.net))))
			return nil, false
		}
		if vals[name] != nil {
			s.errorf(diag.BadArgument, a.at, "%s is given twice", name)
			return nil, false
		}
		vals[name] = a.value
	}
	return vals, s.checkInput(f, args, call) && s.defaults(f, vals, call)
}

func netName(f netValue) string {
	if f.name != "" {
		return f.name
	}
	return f.net.Name.Text
}

func hasParam(n *lang.Net, name string) bool {
	for _, p := range n.Params {
		if p.Name.Text == name {
			return true
		}
	}
	return false
}

func paramNames(n *lang.Net) (names []string) {
	for _, p := range n.Params {
		names = append(names, p.Name.Text)
	}
	return names
}

// checkInput compares the input of a named net with the size it declares.
func (s *scope) checkInput(f netValue, args []*argument, call *lang.Call) bool {
	if f.input == nil || len(args) == 0 {
		return true
	}
	a, ok := s.asArray(args[0].value, args[0].at)
	if !ok {
		return false
	}
	if a.width() != f.input.N {
		s.errorf(diag.SizeMismatch, args[0].at, "%s reads [%s], but %s has size [%s]", f.name, f.input, lang.Text(call.Args[0].Value), sizesOr1(a.dims)).
			Helpf("%s is declared as net %s = %s(%s, ...)", f.name, f.name, f.net.Name.Text, f.input)
		return false
	}
	return true
}

func sizesOr1(d []Size) string {
	if len(d) == 0 {
		return "1"
	}
	return sizes(d)
}

// defaults fills in what was not given; a default may read earlier arguments.
func (s *scope) defaults(f netValue, vals map[string]value, call *lang.Call) bool {
	inner := &scope{u: s.u, parent: f.home, vals: vals, library: true, at: call.Span, guide: s.guide}
	for _, p := range f.net.Params {
		name := p.Name.Text
		if vals[name] != nil {
			continue
		}
		if p.Default == nil {
			s.errorf(diag.BadArgument, call.Span, "%s needs %s", netName(f), name).
				Helpf("it takes %s", joinNames(paramNames(f.net)))
			return false
		}
		v := inner.eval(p.Default.Tree())
		if isBad(v) {
			return false
		}
		vals[name] = v
	}
	return true
}

// run evaluates a net's statements; the value is what it returns.
func (s *scope) run(net *lang.Net) value {
	others := 0
	for _, st := range net.Stmts {
		if st.Let != nil {
			others += s.countNets(st.Let.Value.Tree())
		}
	}
	lets := map[string]*timed{}
	for _, st := range net.Stmts {
		switch {
		case st.Let != nil && len(st.Let.Target.Index) > 0:
			s.timedLet(lets, st.Let)
		case st.Let != nil:
			n := st.Let.Value.Tree()
			v := s.within(st.Let.Target.Name.Text, n).eval(n)
			if isBad(v) {
				return bad{}
			}
			s.vals[st.Let.Target.Name.Text] = v
		case st.Param != nil:
			name := st.Param.Name.Text
			if s.vals[name] = s.param(st.Param, s.path+"."+name); isBad(s.vals[name]) {
				return bad{}
			}
		case st.Return != nil:
			return s.result(net, st.Return, others)
		default:
			s.errorf(diag.BadNet, st.Span, "a net is made of param, let and return")
			return bad{}
		}
	}
	s.errorf(diag.BadNet, net.Name.Span, "the net %s returns nothing", net.Name.Text).Helpf("end it with return ...")
	return bad{}
}

// result is what a net returns. Its parameters are named after the net alone
// where no other statement of it has any.
func (s *scope) result(net *lang.Net, r *lang.Return, others int) value {
	seg := "out"
	if others == 0 {
		seg = ""
	}
	n := r.Value.Tree()
	if _, ok := n.(*lang.Tuple); ok {
		seg = ""
	}
	v := s.within(seg, n).eval(n)
	rec, isRecord := v.(record)
	if len(net.Outputs) == 0 || isBad(v) {
		return v
	}
	if !isRecord || len(rec.names) != len(net.Outputs) {
		s.errorf(diag.BadNet, r.Span, "%s returns %d values, not %s", net.Name.Text, len(net.Outputs), v.describe())
		return bad{}
	}
	for i, o := range net.Outputs {
		if rec.names[i] != o.Text && rec.names[i] != itoa(i+1) {
			s.errorf(diag.BadNet, r.Span, "%s returns %s, but its outputs are named otherwise", net.Name.Text, v.describe())
			return bad{}
		}
		rec.names[i] = o.Text
	}
	return rec
}

// timedLet adds one line of a definition let h[...] = ...
func (s *scope) timedLet(lets map[string]*timed, l *lang.Let) {
	name := l.Target.Name.Text
	m, ok := s.moment(l.Target.Index[0].Lo.Tree())
	if !ok || l.Target.Index[0].Range || len(l.Target.Index) != 1 || m.base != "" && m != (moment{steps.name, 0}) {
		s.errorf(diag.TimeIndex, l.Target.Span, "a definition is for t or for a number").Helpf("write let %s[t] = ... or let %s[0] = ...", name, name)
		return
	}
	d := lets[name]
	if d == nil {
		d = &timed{name: name, at: l.Target.Span, scope: s, firsts: map[int]*lang.Expr{}, starts: map[int]*lang.Relation{}}
		lets[name] = d
		s.vals[name] = d
	}
	switch {
	case m.base == "t" && d.steps != nil, m.base == "" && (d.firsts[m.off] != nil || d.starts[m.off] != nil):
		s.errorf(diag.Duplicate, l.Target.Span, "%s is already defined", lang.Text(l.Target.Tree()))
	case m.base == "t":
		d.steps, d.at = l.Value, l.Target.Span
	case m.off >= 1:
		d.firsts[m.off] = l.Value
	default:
		d.starts[m.off] = &lang.Relation{Span: l.Span, Target: l.Target, Op: "=", Value: l.Value}
	}
}
