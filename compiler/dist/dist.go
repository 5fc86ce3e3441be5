// Package dist is the distributions of the language, one file each.
//
// A file declares one Dist and nothing else. The checker, the lowering, the
// reference pages and the tests all read All: a new distribution is a new file.
package dist

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"ssmc/compiler/ir"
)

// A Support is a set of values.
type Support string

// The supports of variables and parameters.
const (
	Real     Support = "real"     // any number
	Positive Support = "positive" // above zero
	Unit     Support = "unit"     // between zero and one
	Binary   Support = "binary"   // zero or one
	Count    Support = "count"    // 0, 1, 2, ...
	Class    Support = "one_of"   // one of K classes
)

// A Param is one parameter of a distribution.
type Param struct {
	Name    string
	Support Support
	Doc     string
	Alts    []Alt // other ways to give it
}

// An Alt is another way to give a parameter, by a name of its own.
type Alt struct {
	Name    string
	Support Support
	Doc     string
	Formula string // the parameter, as a function of the alternative
	LogProb string // the log density in terms of the alternative, where that is more exact
}

// A Dist is a distribution. Unless Vector is set it is one over numbers, and
// the coordinates of a vector [D] are independent. Formulas are in the language:
// x is the value, eps standard normal noise, and in KL a parameter of the second
// distribution is written p_NAME.
type Dist struct {
	Name    string
	Doc     string // one sentence
	Source  string // where the formulas come from
	Over    Support
	Params  []Param
	Vector  bool   // parameters have a value for each class of x
	LogProb string // log density or mass at x, in nats
	Sample  string // x as a function of eps ~ N(0,1); empty if not reparameterised
	KL      string // KL(q || p) in nats, closed form; empty to estimate it from samples
	Mean    string // the expected value

	// Draw is a draw of x, given the parameters in order: one number each, or
	// with Vector a slice of them.
	Draw func(r *rand.Rand, p []float64) float64

	// density replaces LogProb where a formula of one coordinate does not do.
	density func(b *ir.Builder, x *ir.Node, given map[string]*ir.Node) *ir.Node
}

var all []*Dist

func register(d Dist) *Dist {
	all = append(all, &d)
	slices.SortFunc(all, func(a, b *Dist) int { return cmp.Compare(a.Name, b.Name) })
	return &d
}

// All is every distribution, by name.
func All() []*Dist { return all }

// Lookup finds a distribution by name.
func Lookup(name string) (*Dist, bool) {
	i := slices.IndexFunc(all, func(d *Dist) bool { return d.Name == name })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}

// Names is the names of All.
func Names() (names []string) {
	for _, d := range all {
		names = append(names, d.Name)
	}
	return names
}

// Find is the parameter that name gives, and the alternative or nil.
func (d *Dist) Find(name string) (p *Param, a *Alt) {
	for i := range d.Params {
		p := &d.Params[i]
		if p.Name == name {
			return p, nil
		}
		for j := range p.Alts {
			if p.Alts[j].Name == name {
				return p, &p.Alts[j]
			}
		}
	}
	return nil, nil
}

// ParamNames is every name by which a parameter can be given.
func (d *Dist) ParamNames() (names []string) {
	for _, p := range d.Params {
		names = append(names, p.Name)
		for _, a := range p.Alts {
			names = append(names, a.Name)
		}
	}
	return names
}
