package compiler

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A structure is a named factorisation: what each latent is drawn given.
type structure struct {
	name        string
	own         bool // its own last value
	left, right bool // the past and present, the present and future
	doc         string
}

// structures are the guides that need no line in the file (Krishnan, Shalit &
// Sontag 2017, Table 1).
var structures = []structure{
	{"ST_R", true, false, true, "its last value and the future: the structure of the true posterior (DKS)"},
	{"DKS", true, false, true, "another name of ST_R"},
	{"ST_L", true, true, false, "its last value and the past"},
	{"ST_LR", true, true, true, "its last value and everything"},
	{"MF_L", false, true, false, "the past (mean field)"},
	{"MF_R", false, false, true, "the future (mean field)"},
	{"MF_LR", false, true, true, "everything (mean field)"},
}

func structureNames() (names []string) {
	for _, s := range structures {
		names = append(names, s.name)
	}
	return names
}

// named is a named structure written out for this model. Its nets are those of
// the first guide in the file that says which.
func (u *unit) named(s structure) *lang.Guide {
	factors := u.sums()
	drawn := u.stillFirst()
	for i, z := range drawn {
		var given []string
		if s.own && z.Timed {
			given = append(given, z.Name+"["+z.timeText(-1)+"]")
		}
		for _, other := range drawn[:i] {
			given = append(given, other.ref())
		}
		for _, v := range u.order {
			given = append(given, s.conditions(v, z)...)
		}
		factors = append(factors, "q("+z.ref()+" | "+strings.Join(given, ", ")+")")
	}
	return u.writtenGuide(s.name, strings.Join(factors, " * "), u.inheritedNets())
}

// sums is the factors of the latents that are classes.
func (u *unit) sums() (factors []string) {
	for _, z := range u.latents() {
		if z.class != nil {
			factors = append(factors, "sum("+z.ref()+")")
		}
	}
	return factors
}

// stillFirst is the latents in the order in which guides draw them: first those
// that have one value a sequence, then those that are held the longest.
func (u *unit) stillFirst() []*variable {
	drawn := u.drawn()
	slices.SortStableFunc(drawn, func(a, b *variable) int { return cmp.Compare(b.lasts(), a.lasts()) })
	return drawn
}

// lasts is the steps of t over which the variable stays what it is.
func (v *variable) lasts() int {
	if !v.Timed {
		return math.MaxInt
	}
	return v.every()
}

// derivedGuide is the smallest faithful guide, with the nets that are given or,
// without any, with those of the file's first guide that says which.
func (u *unit) derivedGuide(name, with string) *lang.Guide {
	if with == "" {
		with = u.inheritedNets()
	}
	factors := append(u.sums(), factorisation(u.invert(false)))
	return u.writtenGuide(name, strings.Join(factors, " * "), with)
}

// writtenGuide is a guide whose line the compiler writes.
func (u *unit) writtenGuide(name, factors, with string) *lang.Guide {
	if with != "" {
		with = " with " + with
	}
	text := "guide " + name + " = " + factors + with + "\n"
	if name == "auto" { // a word of the language
		text = strings.Replace(text, "guide auto", "guide AUTO", 1)
	}
	src := &diag.Source{Name: "guide " + name, Text: text}
	u.register(src)
	f, found := lang.Parse(src)
	u.found = append(u.found, found...)
	return f.Items[0].Guide
}

// inheritedNets is the nets of the file's first guide that says which: guides
// are compared with the same. A way to combine belongs to a structure, and a
// temperature to what it draws: they are left out.
func (u *unit) inheritedNets() string {
	var out []string
	for _, g := range u.guides {
		for _, a := range g.With {
			if a.Name == nil || a.Name.Text != "combine" && a.Name.Text != "relax" {
				out = append(out, lang.Text(a))
			}
		}
		if len(out) > 0 {
			u.inherits = g
			break
		}
	}
	return strings.Join(out, ", ")
}

// conditions is what a latent of a structure reads of a variable of the data.
// What has one value a sequence reads all.
func (s structure) conditions(v, z *variable) []string {
	switch {
	case v.Role == "latent":
		return nil
	case v.Role == "static":
		return []string{v.Name}
	case s.left && s.right, !z.Timed:
		return []string{v.Name + "[1:T]"}
	case s.left:
		return []string{v.Name + "[1:t]"}
	}
	return []string{v.Name + "[t:T]"}
}
