package compiler

import (
	"maps"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A scope is where names are looked up and parameters are named: the model, a
// guide's body or a call of a net.
type scope struct {
	u      *unit
	parent *scope
	vals   map[string]value
	path   string // of the parameters made here: Polyphonic.trans
	back   bool   // a net run from the end: t-1 is one step later
	guide  *guideScope
	asks   bool // a query

	running string // the net whose body it is, in words; empty outside of nets

	// Of the expression under evaluation.
	segment  *segment
	aware    map[string]bool // variables whose presence the expression reads as well
	sweeping *extent         // the range of times being read
	time     int             // the fixed time of the statement, from 1; 0 for every t
	axis     *timeAxis       // of the statement; nil is t
	still    bool            // the statement is for no time: it gives one value a sequence
	need     *need           // the first time at which the expression has a value
	drawing  *variable       // what the statement draws
	at       diag.Span       // of the user's code, where a library reports its errors
	library  bool            // the code is a library's: errors stand at the call
}

// A need is how many of the first times an expression has no value for, because
// it reads an earlier one.
type need struct {
	steps int
	at    diag.Span
	what  string
}

// raise notes that the expression reads what is not there for n times.
func (n *need) raise(steps int, at diag.Span, what string) {
	if n != nil && steps > n.steps {
		*n = need{steps, at, what}
	}
}

// A segment numbers the nets called in one expression: the parameters of an
// only one are named by the segment alone.
type segment struct {
	path    string
	total   int
	counted int
}

// next is the path for the parameters of the next net called.
func (s *segment) next() string {
	s.counted++
	if s.total > 1 {
		return s.path + "." + itoa(s.counted)
	}
	return s.path
}

// root is the scope of the model.
func (u *unit) root() *scope {
	return &scope{u: u, vals: u.names, path: u.model.Name.Text}
}

// lookup finds the value of a name, or nil.
func (s *scope) lookup(name string) value {
	for e := s; e != nil; e = e.parent {
		if v := e.vals[name]; v != nil {
			if e.parent == nil {
				s.u.touched[name] = true
			}
			return v
		}
	}
	if b, ok := builtins[name]; ok {
		return b
	}
	if v, ok := constants[name]; ok {
		return v
	}
	if net, ok := s.u.lookupNet(name, !s.library && s.guide == nil); ok {
		return netValue{net: net, home: &scope{u: s.u, library: s.u.nets[name] == nil}}
	}
	return nil
}

// within is s for one expression whose parameters are named after segment.
func (s *scope) within(seg string, n lang.Node) *scope {
	c := *s
	path := s.path
	if seg != "" {
		path += "." + seg
	}
	c.segment = &segment{path: path, total: s.countNets(n)}
	c.path = path
	c.aware = presences(n, s.aware)
	return &c
}

// presences is the variables that an expression asks the presence of, added to
// those that the expression around it does.
func presences(n lang.Node, outer map[string]bool) map[string]bool {
	names := outer
	walk(n, func(n lang.Node) bool {
		call, ok := n.(*lang.Call)
		if !ok || len(call.Args) != 1 {
			return true
		}
		fun, isName := call.Fun.(*lang.NameRef)
		idx, isIndex := call.Args[0].Value.(*lang.Index)
		if !isName || !isIndex || fun.Name != "present" {
			return true
		}
		if ref, ok := idx.X.(*lang.NameRef); ok {
			more := map[string]bool{ref.Name: true}
			maps.Copy(more, names)
			names = more
		}
		return true
	})
	return names
}

// countNets is the number of nets called in an expression, by name.
func (s *scope) countNets(n lang.Node) (total int) {
	walk(n, func(n lang.Node) bool {
		call, ok := n.(*lang.Call)
		if !ok {
			return true
		}
		if ref, ok := call.Fun.(*lang.NameRef); ok {
			if ref.Name == "fold" {
				total++
			}
			if v, ok := s.lookup(ref.Name).(netValue); ok && v.name == "" {
				total++
			}
		}
		return true
	})
	return total
}

// walk visits the nodes of an expression, outside in, while visit says so.
func walk(n lang.Node, visit func(lang.Node) bool) {
	if n == nil || !visit(n) {
		return
	}
	switch n := n.(type) {
	case *lang.Unary:
		walk(n.X, visit)
	case *lang.Binary:
		walk(n.X, visit)
		walk(n.Y, visit)
	case *lang.Call:
		walk(n.Fun, visit)
		for _, a := range n.Args {
			walk(a.Value, visit)
		}
	case *lang.Index:
		walk(n.X, visit)
		for _, s := range n.Slices {
			walk(s.Lo, visit)
			walk(s.Hi, visit)
		}
	case *lang.Field:
		walk(n.X, visit)
	case *lang.List:
		for _, x := range n.Items {
			walk(x, visit)
		}
	case *lang.Tuple:
		for _, a := range n.Args {
			walk(a.Value, visit)
		}
	}
}

// errorf reports an error in an expression. In a library's code it stands at
// the user's call, with a note that shows the library's line.
func (s *scope) errorf(c diag.Code, at diag.Span, format string, args ...any) *diag.Diagnostic {
	if s.library && !s.at.IsZero() {
		return s.u.errorf(c, s.at, format, args...).Notef(at, "found here in the library")
	}
	return s.u.errorf(c, at, format, args...)
}
