package compiler

import (
	"math"
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
		target := z.slot(at)
		drawn := map[slot]bool{}
		for _, s := range order {
			if s == target {
				break
			}
			drawn[s] = true
		}
		out = append(out, u.derive(z, at, g, g.boundary(target, drawn)))
	}
	return out
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

// moral is the moral graph of the kept slots: parents and children are
// neighbours, and so are the parents of one child.
func (g *sliced) moral(kept map[slot]bool) map[slot]map[slot]bool {
	near := map[slot]map[slot]bool{}
	link := func(a, b slot) {
		if near[a] == nil {
			near[a] = map[slot]bool{}
		}
		near[a][b] = true
	}
	for child, parents := range g.parents {
		if !kept[child] {
			continue
		}
		for i, p := range parents {
			link(p, child)
			link(child, p)
			for _, q := range parents[:i] {
				link(p, q)
				link(q, p)
			}
		}
	}
	return near
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
	near := g.moral(g.ancestors(known))
	reached, seen := map[slot]bool{}, map[slot]bool{target: true}
	queue := []slot{target}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		for n := range near[s] {
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
	return reached
}

// derive writes a boundary as ranges of times.
func (u *unit) derive(z *variable, at int, g *sliced, reached map[slot]bool) derived {
	d := derived{target: z.Name, ref: z.ref()}
	for _, v := range u.drawnInStep() { // latents first, as one reads them
		d.given = append(d.given, z.dependences(v, at, g.T, reached)...)
	}
	for _, v := range u.order {
		if v.Role != "latent" {
			d.given = append(d.given, z.dependences(v, at, g.T, reached)...)
		}
	}
	return d
}

// dependences is what z depends on of v. What has one value a sequence depends
// on all times, if on any.
func (z *variable) dependences(v *variable, at, T int, reached map[slot]bool) []dependence {
	out := dependences(v, at, T, reached)
	if !z.Timed && len(out) > 0 {
		return []dependence{{v, everywhere}}
	}
	return out
}

// dependences is the ranges of times at which v is in a boundary. What lies as
// far as the end of the slice reaches the end of every sequence.
func dependences(v *variable, at, T int, reached map[slot]bool) (out []dependence) {
	if !v.Timed {
		if reached[slot{v.Name, 0}] {
			out = append(out, dependence{v, everywhere})
		}
		return out
	}
	edge, n := v.index(T)/4, v.index(T)
	here := v.index(at)
	there := func(k int) bool { return reached[slot{v.Name, (k-1)*v.every() + 1}] }
	for k := 1; k <= n; k++ {
		if !there(k) {
			continue
		}
		from := k
		for k < n && there(k+1) {
			k++
		}
		e := extent{from: float64(from - here), to: float64(k - here)}
		if from <= edge {
			e.from = math.Inf(-1)
		}
		if k > n-edge {
			e.to, e.short = math.Inf(1), n-k
		}
		out = append(out, dependence{v, e})
	}
	return out
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
