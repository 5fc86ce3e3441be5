package compiler

import (
	"ssmc/lang"
	"ssmc/lang/diag"
)

// A reading is a latent that a factor is given.
type reading struct {
	by, of *variable
	extent
	ref *lang.Ref
}

// now, past and future say when the latent that is read was drawn.
func (r reading) now() bool    { return r.from <= 0 && r.to >= 0 }
func (r reading) past() bool   { return r.from < 0 }
func (r reading) future() bool { return r.to > 0 }

// checkOrder reports factors that cannot be drawn one after another: those that
// need each other at the same time, and those that run both ways in time.
func (u *unit) checkOrder() {
	list := u.readings()
	for _, r := range list {
		switch {
		case r.by == r.of && r.now():
			u.errorf(diag.GuideOrder, r.ref.Span, "%s is what this factor draws: it cannot be given it", r.of.ref()).
				Helpf("write %s[t-1], or %s[1:t-1] for all of its past", r.of.Name, r.of.Name)
			return
		case r.now() && leads(list, reading.now, r.of, r.by):
			u.errorf(diag.GuideOrder, r.ref.Span, "%s is given %s, which is drawn given %s at the same time", r.by.ref(), r.of.ref(), r.by.ref()).
				Helpf("one of them comes first: let the other alone be given it")
			return
		}
	}
	u.checkDirection(list)
}

// checkDirection reports latents that depend on each other, and on the past as
// well as the future of each other.
func (u *unit) checkDirection(list []reading) {
	var first *reading
	for i, r := range list {
		if !leads(list, anytime, r.of, r.by) && r.of != r.by || !r.past() && !r.future() {
			continue
		}
		if first == nil {
			first = &list[i]
		}
		if r.past() && r.future() || r.past() != first.past() {
			u.errorf(diag.GuideOrder, r.ref.Span, "%s is drawn step after step, and cannot be given %s from both sides in time", r.by.ref(), r.of.Name).
				Helpf("draw forwards, given %[1]s[t-1], or backwards, given %[1]s[t+1]", r.of.Name).Notef(first.ref.Span, "the other side is here")
			return
		}
	}
}

func anytime(reading) bool { return true }

// readings is what the factors of the guide are given of latents that vary in time.
func (u *unit) readings() (out []reading) {
	s := u.root()
	for _, f := range u.guide.Factors {
		for _, t := range f.Targets {
			z, _ := u.names[t.Name.Text].(*variable)
			for _, g := range f.Given {
				v, _ := u.names[g.Name.Text].(*variable)
				if z != nil && v != nil && v.Role == "latent" {
					out = append(out, reading{z, v, s.extentOf(g), g})
				}
			}
		}
	}
	return out
}

// leads reports whether from is drawn given to, through some of the readings.
func leads(list []reading, which func(reading) bool, from, to *variable) bool {
	seen := map[*variable]bool{}
	var visit func(v *variable) bool
	visit = func(v *variable) bool {
		if v == to {
			return true
		}
		if seen[v] {
			return false
		}
		seen[v] = true
		for _, r := range list {
			if r.by == v && which(r) && visit(r.of) {
				return true
			}
		}
		return false
	}
	return visit(from)
}
