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
	Interval Support = "interval" // between two parameters
	Angle    Support = "angle"    // radians
	Binary   Support = "binary"   // zero or one
	Count    Support = "count"    // 0, 1, 2, ...
	Class    Support = "one_of"   // one of K classes
	Simplex  Support = "simplex"  // K positive numbers that add up to one
)

// Values is s in words.
func (s Support) Values() string { return supports[s].values }

// supports says of each support what its values are, and the ends of its range.
var supports = map[Support]struct {
	values string
	ends   [2]string
}{
	Real:     {values: "all numbers"},
	Positive: {"positive numbers", [2]string{"0"}},
	Unit:     {"numbers between 0 and 1", [2]string{"0", "1"}},
	Interval: {values: "numbers between two bounds"},
	Angle:    {"angles in radians", [2]string{"-2*pi", "2*pi"}},
	Binary:   {values: "0 and 1"},
	Count:    {values: "0, 1, 2, ..."},
	Class:    {values: "the classes 1 to K"},
	Simplex:  {values: "positive numbers that add up to one"},
}

// Ends is the ends of x's range, as formulas of the parameters, empty where there
// is none. Angles are read as they are commonly counted, from -pi or from 0.
func (d *Dist) Ends() [2]string {
	if d.Range != ([2]string{}) {
		return d.Range
	}
	return supports[d.Over].ends
}

// A Width is how many numbers a parameter has.
type Width uint8

// The widths of parameters.
const (
	PerCoordinate Width = iota // one for all coordinates of x, or one for each
	PerClass                   // one for each class of x
	PerCut                     // one between each class of x and the next
)

// A Param is one parameter of a distribution.
type Param struct {
	Name    string
	Support Support
	Form    Form // of a joint distribution
	Width   Width
	Zero    bool // of a positive one: zero gives a distribution too, the limit
	Doc     string
	Alts    []Alt // other ways to give it
}

// An Alt is another way to give a parameter, by a name of its own.
type Alt struct {
	Name    string
	Support Support
	Form    Form // of a joint distribution
	Doc     string
	Formula string // the parameter, as a function of the alternative and of others
	With    string // the name by which another has to be given beside it, if any
	LogProb string // the log density in terms of the alternative, where that is more exact
	And     *Alt   // what is given together with it
	Floored bool   // a floor is of the parameter that it becomes, whose units are plain

	// convert replaces Formula where a formula of one coordinate does not do.
	convert func(b *ir.Builder, given map[string]*ir.Node) *ir.Node
}

// A Dist is a distribution. Unless it is over classes it is one over numbers, and
// the coordinates of a vector [D] are independent. Formulas are in the language:
// x is the value, eps standard normal noise, and in KL a parameter of the second
// distribution is written p_NAME.
type Dist struct {
	Name    string
	Doc     string // one sentence
	Source  string // where the formulas come from
	Over    Support
	Closed  bool      // x may lie on an end of its range
	Range   [2]string // the ends, in the parameters, where they are not those of Over
	Ordered bool      // the order of the parameters is plain: they need no names
	Params  []Param
	LogProb string // log density or mass at x, in nats
	Sample  string // x as a function of eps ~ N(0,1); empty if not reparameterised
	KL      string // KL(q || p) in nats, closed form; empty to estimate it from samples
	Mean    string // the expected value, where it is finite and known

	// Joint is set where the coordinates of a vector are not independent: the
	// formulas are then for readers alone.
	Joint *Joint

	// Draw is a draw of x, given the parameters in order: one number each, or as
	// many as their widths say.
	Draw func(r *rand.Rand, p []float64) float64

	parts []*Dist // of a mixture

	// classes is the log probability of each class [rows,K], instead of LogProb.
	classes func(b *ir.Builder, given map[string]*ir.Node) *ir.Node
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
	if k, rest, ok := d.partOf(name); ok {
		return d.parts[k].Find(rest)
	}
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
