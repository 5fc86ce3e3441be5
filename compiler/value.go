package compiler

import (
	"fmt"
	"strings"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A value is what an expression means to the compiler. The types that follow
// are all there are.
type value interface{ describe() string }

// A Size is a number of coordinates and the name it goes by, if it has one.
type Size struct {
	N    int
	Name string
}

func (s Size) String() string {
	if s.Name == "" {
		return fmt.Sprint(s.N)
	}
	return fmt.Sprintf("%s = %d", s.Name, s.N)
}

type (
	// array is numbers that the graph computes: dims are none for a number,
	// [D] for a vector, [K,D] for a matrix.
	array struct {
		node *ir.Node
		dims []Size
		sup  dist.Support
	}
	// number is known to the compiler.
	number struct {
		v    float64
		name string
	}
	// sweep is an array over a range of times, to be run through in one
	// direction: x[1:t] forwards, x[t:T] backwards.
	sweep struct {
		array
		back, both bool
		whole      bool   // run through to the end, for one value a sequence
		raw        bool   // not yet run through a net
		over       string // the times, in words
	}
	// lazy is a definition that reads latents, which are known later: it is
	// evaluated when it is first read.
	lazy struct {
		scope *scope
		expr  lang.Node
		value value
	}
	text   string
	list   []value
	record struct {
		names  []string
		values []value
	}
	// netValue is a net, with arguments already given if it is a named one.
	netValue struct {
		net    *lang.Net
		name   string // of the named net, or empty
		path   string // of a named net's parameters
		preset []*argument
		input  *Size // a named net's declared input size
		home   *scope
	}
	// builtin is a function of the compiler.
	builtin struct {
		name string
		fn   builtinFunc
	}
	// draw is a distribution with its parameters.
	draw struct {
		dist  *dist.Dist
		given map[string]array
		at    diag.Span
		v     *variable
		flow  *flow // that bends its samples, or nil

		temperature float64 // of a class that a guide draws; 0 of anything else
	}
	initial struct{ runtime.Init }
	none    struct{}
	// bad is the value of what was already reported: it silences what follows.
	bad struct{}
)

func (a array) describe() string {
	if len(a.dims) == 0 {
		return "a number"
	}
	return "real[" + dimString(a.dims) + "]"
}

func (n number) describe() string    { return fmt.Sprintf("the number %g", n.v) }
func (s sweep) describe() string     { return "a range of times" }
func (t text) describe() string      { return fmt.Sprintf("the text %q", string(t)) }
func (l list) describe() string      { return fmt.Sprintf("a list of %d", len(l)) }
func (r record) describe() string    { return "a record (" + strings.Join(r.names, ", ") + ")" }
func (n netValue) describe() string  { return "a net" }
func (b builtin) describe() string   { return "the function " + b.name }
func (d *draw) describe() string     { return "a distribution" }
func (i initial) describe() string   { return "an initialiser" }
func (n none) describe() string      { return "none" }
func (b bad) describe() string       { return "an error" }
func (v *variable) describe() string { return v.Role + " " + v.Name }
func (l *lazy) describe() string     { return "a definition" }
func (d *timed) describe() string    { return d.name + "[t]" }

func dimString(dims []Size) string {
	s := make([]string, len(dims))
	for i, d := range dims {
		s[i] = fmt.Sprint(d.N)
	}
	return strings.Join(s, ", ")
}

// width is the number of an array's columns in the graph: its last size.
func (a array) width() int { return a.node.Shape.Cols }
