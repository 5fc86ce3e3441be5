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
	Simplex  Support = "simplex"  // K positive numbers that add up to one
)

// A Param is one parameter of a distribution.
type Param struct {
	Name    string
	Support Support
	Form    Form // of a joint distribution
	Doc     string
	Alts    []Alt // other ways to give it
}

// An Alt is another way to give a parameter, by a name of its own.
type Alt struct {
	Name    string
	Support Support
	Form    Form // of a joint distribution
	Doc     string
	Formula string // the parameter, as a function of the alternative
	LogProb string // the log density in terms of the alternative, where that is more exact
	And     *Alt   // what is given together with it

	// convert replaces Formula where a formula of one coordinate does not do.
	convert func(b *ir.Builder, given map[string]*ir.Node) *ir.Node
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

	// Joint is set where the coordinates of a vector are not independent: the
	// formulas are then for readers alone.
	Joint *Joint

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
			if and := p.Alts[j].And; and != nil && and.Name == name {
				return p, and
			}
		}
	}
	return nil, nil
}

// Together reports whether two names give the parameter between them.
func (p *Param) Together(one, two string) bool {
	return slices.ContainsFunc(p.Alts, func(a Alt) bool {
		return a.And != nil && (a.Name == one && a.And.Name == two || a.Name == two && a.And.Name == one)
	})
}

// FormOf is the form of the parameter that name gives.
func (d *Dist) FormOf(name string) Form {
	p, a := d.Find(name)
	if a != nil {
		return a.Form
	}
	return p.Form
}

// ParamNames is every name by which a parameter can be given.
func (d *Dist) ParamNames() (names []string) {
	for _, p := range d.Params {
		names = append(names, p.Name)
		for _, a := range p.Alts {
			names = append(names, a.Name)
			if a.And != nil {
				names = append(names, a.And.Name)
			}
		}
	}
	return names
}
