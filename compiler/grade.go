package compiler

import (
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A Grade says of one latent how far its factor is from the posterior.
type Grade struct {
	Latent   string
	Faithful string   // the smallest factor that can be exact
	Missing  []string // what of that the guide's factor does not see
}

// gradeGuide grades the guide that is fitted, and warns of what it does not see.
func (u *unit) gradeGuide() {
	if u.found.HasErrors() {
		return
	}
	u.grades = u.grade(u.guide)
	for _, g := range u.grades {
		if len(g.Missing) > 0 {
			u.warnUnfaithful(g, factorOf(u.guide, g.Latent))
		}
	}
}

// grade compares a guide with the faithful factorisation in the same order.
// What is exact, or derived, has nothing to be graded.
func (u *unit) grade(guide *lang.Guide) (grades []Grade) {
	if guide.Kind != "" {
		return nil
	}
	for _, d := range u.invert(u.drawsBackward(guide)) {
		f := factorOf(guide, d.target)
		if f == nil {
			continue
		}
		g := Grade{Latent: d.target, Faithful: d.text()}
		for _, m := range u.unseen(d, f) {
			g.Missing = append(g.Missing, m.text())
		}
		grades = append(grades, g)
	}
	return grades
}

func (u *unit) warnUnfaithful(g Grade, f *lang.Factor) {
	u.warnf(diag.Unfaithful, f.Span, "%s never sees %s, which %s depends on: the bound cannot be tight",
		u.guide.Name.Text, strings.Join(g.Missing, " and "), u.names[g.Latent].(*variable).ref()).
		Helpf("the smallest guide that can be is %s", g.Faithful)
}

// drawsBackward reports whether the guide draws its latents from the end: a
// factor is given a latent at a later time.
func (u *unit) drawsBackward(guide *lang.Guide) bool {
	s := u.root()
	for _, f := range guide.Factors {
		for _, r := range f.Given {
			v, ok := u.names[r.Name.Text].(*variable)
			if ok && v.Role == "latent" && v.Timed && s.extentOf(r).to > 0 {
				return true
			}
		}
	}
	return false
}

func factorOf(guide *lang.Guide, latent string) *lang.Factor {
	for _, f := range guide.Factors {
		for _, t := range f.Targets {
			if t.Name.Text == latent {
				return f
			}
		}
	}
	return nil
}

// unseen is the parts of a derived factor that a guide's does not list.
func (u *unit) unseen(d derived, f *lang.Factor) (out []dependence) {
	s := u.root()
	for _, want := range d.given {
		rest := []extent{want.extent}
		for _, r := range f.Given {
			if r.Name.Text == want.v.Name {
				rest = without(rest, s.extentOf(r))
			}
		}
		for _, e := range rest {
			out = append(out, dependence{want.v, e})
		}
	}
	return out
}

// without is ranges of whole times less one of them.
func without(rest []extent, have extent) (out []extent) {
	for _, e := range rest {
		if have.to < e.from || have.from > e.to {
			out = append(out, e)
			continue
		}
		if e.from < have.from {
			out = append(out, extent{from: e.from, to: have.from - 1})
		}
		if e.to > have.to {
			out = append(out, extent{from: have.to + 1, to: e.to, short: e.short})
		}
	}
	return out
}
