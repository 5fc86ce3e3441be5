package compiler

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// A derived factor is what a latent depends on in the posterior, given the
// latents drawn before it: the smallest faithful conditioning set.
type derived struct {
	target string // the latent
	ref    string // as a factor names it: z[t]
	given  []dependence
}

// A dependence is a variable over a range of times relative to t. An infinite
// end reaches the first or the last step.
type dependence struct {
	v *variable
	extent
}

// invert derives the smallest faithful factorisation of the posterior (Webb et
// al. 2018): latents are drawn step after step, forwards or backwards, and
// within a step as the model declares them. A latent depends on what it is
// connected to, in the moral graph, through latents that are not yet drawn.
func (u *unit) invert(backward bool) (out []derived) {
	block := u.block()
	T := 8*max(u.longestLag(), block) + 8
	g := u.slice(T)
	at := T/2/block*block + 1
	order := u.drawOrder(T, backward)
	for _, z := range u.drawnInStep() {
		d := derived{target: z.Name, ref: z.ref()}
		by := map[*variable][]extent{}
		for _, v := range u.order {
			by[v] = z.dependences(v, at, T, g.given(order, z.slot(at)))
		}
		for t := 1; t <= u.special(); t += z.every() { // statements for single times
			reached := g.given(order, z.slot(t))
			for _, v := range u.order {
				by[v] = united(by[v], nearby(v, t, T, reached))
			}
		}
		for _, v := range slices.Concat(u.drawnInStep(), u.order) { // latents first, as one reads them
			for _, e := range by[v] {
				d.given = append(d.given, dependence{v, e})
			}
			delete(by, v)
		}
		out = append(out, d)
	}
	return out
}

// special is the last step at which the model may be other than it goes on: where
// it has statements of its own, and those that read what these draw.
func (u *unit) special() int {
	n := 0
	for _, v := range u.order {
		n = max(n, len(v.firsts)*v.every())
	}
	return n
}

// given is what target depends on, given those before it in order and all data.
func (g *sliced) given(order []slot, target slot) map[slot]bool {
	drawn := map[slot]bool{}
	for _, s := range order {
		if s == target {
			break
		}
		drawn[s] = true
	}
	return g.boundary(target, drawn)
}

// drawnInStep is the latents in the order in which a step draws them: a latent
// that another reads at the same time comes before it.
func (u *unit) drawnInStep() (order []*variable) {
	done := map[string]bool{}
	var visit func(v *variable)
	visit = func(v *variable) {
		if done[v.Name] {
			return
		}
		done[v.Name] = true
		if v.steps != nil {
			far := u.far()
			for _, s := range u.reads(v.steps.Value, far) {
				if p, ok := u.names[s.name].(*variable); ok && s == p.slot(far) && p.Role == "latent" && p.class == nil {
					visit(p)
				}
			}
		}
		order = append(order, v)
	}
	for _, z := range u.stillFirst() {
		visit(z)
	}
	return order
}

// slot is the variable's place at step t of t: where its block begins.
func (v *variable) slot(t int) slot {
	if !v.Timed {
		return slot{v.Name, 0}
	}
	return slot{v.Name, v.begins(t)}
}

// drawOrder is all latent slots in the order in which they are drawn.
func (u *unit) drawOrder(T int, backward bool) (order []slot) {
	for _, z := range u.drawnInStep() {
		if !z.Timed {
			order = append(order, z.slot(0))
		}
	}
	for i := range T {
		t := i + 1
		if backward {
			t = T - i
		}
		for _, z := range u.drawnInStep() {
			if z.Timed && z.begins(t) == t {
				order = append(order, z.slot(t))
			}
		}
	}
	return order
}

// families is the cliques of the moral graph of the kept slots: each child with its
// parents, who are all neighbours of each other. The map is those that a slot
// belongs to.
func (g *sliced) families(kept map[slot]bool) (list [][]slot, of map[slot][]int) {
	of = map[slot][]int{}
	for child, parents := range g.parents {
		if !kept[child] || len(parents) == 0 {
			continue
		}
		family := append([]slot{child}, parents...)
		for _, s := range family {
			of[s] = append(of[s], len(list))
		}
		list = append(list, family)
	}
	return list, of
}

// ancestors is from with all that it descends from.
func (g *sliced) ancestors(from []slot) map[slot]bool {
	kept := map[slot]bool{}
	for len(from) > 0 {
		s := from[len(from)-1]
		from = from[:len(from)-1]
		if !kept[s] {
			kept[s] = true
			from = append(from, g.parents[s]...)
		}
	}
	return kept
}

// boundary is the slots that target depends on, given the drawn latents and all
// data: those it reaches, in the moral graph, through latents that are not drawn
// (Lauritzen 1996, section 3.2). Latents that nothing known descends from tell
// nothing.
func (g *sliced) boundary(target slot, drawn map[slot]bool) map[slot]bool {
	known := []slot{target}
	for _, s := range g.slots {
		if !g.latent[s.name] || drawn[s] {
			known = append(known, s)
		}
	}
	families, of := g.families(g.ancestors(known))
	reached, seen := map[slot]bool{}, map[slot]bool{target: true}
	done := make([]bool, len(families))
	queue := []slot{target}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for _, f := range of[s] {
			if done[f] {
				continue
			}
			done[f] = true
			for _, n := range families[f] {
				switch {
				case seen[n]:
				case !g.latent[n.name] || drawn[n]:
					reached[n] = true
				default:
					seen[n] = true
					queue = append(queue, n)
				}
			}
		}
	}
	return reached
}

// dependences is the ranges of times of v that z depends on. What has one value a
// sequence depends on all times, if on any. What lies as far as an end of the
// slice reaches that end of every sequence.
func (z *variable) dependences(v *variable, at, T int, reached map[slot]bool) (out []extent) {
	for _, e := range nearby(v, at, T, reached) {
		if v.Timed && e.from+float64(v.index(at)) <= float64(v.index(T)/4) {
			e.from = math.Inf(-1)
		}
		if out = append(out, e); !z.Timed {
			return []extent{everywhere}
		}
	}
	return out
}

// nearby is the ranges of times at which v is in a boundary, relative to at; what
// lies as far as the end of the slice reaches the end.
func nearby(v *variable, at, T int, reached map[slot]bool) (out []extent) {
	if !v.Timed {
		if reached[slot{v.Name, 0}] {
			out = append(out, everywhere)
		}
		return out
	}
	n, here := v.index(T), v.index(at)
	there := func(k int) bool { return reached[slot{v.Name, (k-1)*v.every() + 1}] }
	for k := 1; k <= n; k++ {
		if !there(k) {
			continue
		}
		e := extent{from: float64(k - here)}
		for k < n && there(k+1) {
			k++
		}
		e.to = float64(k - here)
		if k > n-n/4 {
			e.to, e.short = math.Inf(1), n-k
		}
		out = append(out, e)
	}
	return out
}

// united is ranges of whole times with others added: those that touch are one.
func united(list, more []extent) []extent {
	for _, e := range more {
		var apart []extent
		for _, old := range list {
			if old.to < e.from-1 || e.to < old.from-1 {
				apart = append(apart, old)
				continue
			}
			short := min(e.short, old.short)
			if old.to != e.to {
				short = map[bool]int{true: old.short, false: e.short}[old.to > e.to]
			}
			e = extent{from: min(e.from, old.from), to: max(e.to, old.to), short: short}
		}
		list = append(apart, e)
	}
	slices.SortFunc(list, func(a, b extent) int { return cmp.Compare(a.from, b.from) })
	return list
}

// text is a dependence as a factor lists it.
func (d dependence) text() string { return readText(d.v, d.extent) }

// text is a derived factor, q(z[t] | ...).
func (d derived) text() string {
	var given []string
	for _, g := range d.given {
		given = append(given, g.text())
	}
	bar := ""
	if len(given) > 0 {
		bar = " | " + strings.Join(given, ", ")
	}
	return "q(" + d.ref + bar + ")"
}

// factorisation is the whole of it.
func factorisation(ds []derived) string {
	var s []string
	for _, d := range ds {
		s = append(s, d.text())
	}
	return strings.Join(s, " * ")
}
