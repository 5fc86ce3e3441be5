package compiler

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// expandGuide writes a one-line guide out as a body: it is sugar for that.
func (u *unit) expandGuide() {
	u.body = u.guide
	if u.exact() {
		u.expanded = "guide " + u.guide.Name.Text + " = exact sums the latents out: there is nothing to write out\n"
		return
	}
	if u.guide.Body == nil {
		r, ok := u.recipe(u.guide)
		if !ok {
			u.stopped = true
			return
		}
		before := len(u.found)
		text := u.bodyText(r)
		if len(u.found) > before {
			u.stopped = true
			return
		}
		src := &diag.Source{Name: "guide " + u.guide.Name.Text + " in full", Text: text}
		u.register(src)
		f, found := lang.Parse(src)
		if found.HasErrors() {
			panic(fmt.Sprintf("compiler: a guide was written out wrongly: %v\n%s", found, text))
		}
		u.body = f.Items[0].Guide
		u.expanded = text
		return
	}
	u.expanded = "guide " + u.guide.Name.Text + " has a body of its own\n"
}

// A writer collects the lines of a body.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, "  "+format+"\n", args...)
}

func (u *unit) bodyText(r recipe) string {
	w := &writer{}
	var heads []string
	for _, f := range u.guide.Factors {
		heads = append(heads, lang.Text(f))
	}
	fmt.Fprintf(w, "guide %s = %s {\n", u.guide.Name.Text, strings.Join(heads, " * "))
	for _, f := range u.guide.Factors {
		for _, t := range f.Targets {
			if f.Kind != "sum" {
				u.factorText(w, r, f, t)
			}
		}
	}
	w.WriteString("}\n")
	return w.String()
}

// conditions sorts what a factor is given: what nets run over, and what is
// read at a time.
type conditions struct {
	past, future []string // pieces of x[t] to run over
	now          []string
}

// factorText writes the nets and the draw of one latent.
func (u *unit) factorText(w *writer, r recipe, f *lang.Factor, t *lang.Ref) {
	z := u.names[t.Name.Text].(*variable)
	suffix := ""
	if len(u.drawn()) > 1 {
		suffix = "_" + z.Name
	}
	c := u.conditions(f)
	var nets []string
	for _, side := range []struct {
		name, over string
		pieces     []string
	}{{"l", "1:t", c.past}, {"r", "t:T", c.future}} {
		if len(side.pieces) > 0 {
			net := u.sweepText(w, r, side.name, side.over, suffix, side.pieces, c)
			nets = append(nets, net+z.end(side.name))
		}
	}
	mixed := u.local("c"+suffix) + z.at()
	n := z.Cols()
	blind := len(nets)+len(c.now) == 0
	if r.family != "normal" && (blind && r.family == "iaf" || r.combine == "prior" || r.combine == "product") {
		u.errorf(diag.BadArgument, t.Span, "family=%s is built on what nets make of what %s is given, and here they make none, or a product of Gaussians", r.family, z.ref()).
			Helpf("drop family=, or let the factor see more and combine by average or concat")
		return
	}
	if u.latentSupport(z) != dist.Real && r.family != "normal" {
		u.errorf(diag.BadArgument, t.Span, "family=%s bends numbers that can be negative, and %s is drawn from %s", r.family, z.ref(), u.latentSupport(z).Values()).
			Helpf("drop family=")
		return
	}
	if z.relaxed && (r.family != "normal" || r.combine == "prior" || r.combine == "product") {
		u.errorf(diag.BadArgument, t.Span, "%s is a class: it has no family=, and nets are combined for it by average or concat", z.ref()).Helpf("drop family= and combine=, or give %s a guide with a body", z.ref())
		return
	}
	switch {
	case blind && z.relaxed:
		u.classText(w, r, z, "")
		return
	case blind && r.combine != "prior":
		u.blindText(w, r, z)
		return
	case r.combine == "prior":
		if u.hasMessage(z) {
			u.messageText(w, z, n, nets, c.now)
		}
		return
	case len(nets) == 2 && len(c.now) == 0 && r.combine != "average" && r.combine != "concat" && r.family == "normal" && !z.relaxed && (z.Timed || r.combine == "product"):
		u.productText(w, z, n, nets)
		return
	case len(nets) == 1 && len(c.now) == 0:
		mixed = nets[0]
	default:
		mixText(w, r, mixed, nets, c.now)
	}
	u.writeStart(w, z)
	if z.relaxed {
		u.classText(w, r, z, mixed)
		return
	}
	draws := u.guideFamily(z) + "(mean=linear(%[1]s, %[2]d), var=softplus(linear(%[1]s, %[2]d)))"
	switch r.family {
	case "iaf":
		draws = "IAF(mean=linear(%[1]s, %[2]d), var=softplus(linear(%[1]s, %[2]d)), context=%[1]s, steps=" + r.steps + ")"
	case "mvnormal":
		draws = "MVNormal(mean=linear(%[1]s, %[2]d), scale_tril=tril(linear(%[1]s, " + itoa(triangle(n)) + ")))"
	}
	w.line(z.ref()+" ~ "+draws, mixed, n)
}

// sweepText writes an embedding and a recurrent net over it.
func (u *unit) sweepText(w *writer, r recipe, name, over, suffix string, pieces []string, c conditions) string {
	in, e := joined(pieces), u.local("e"+suffix)
	if slices.Equal(c.past, c.future) && name == "r" {
		in = "" // one embedding serves both directions
	} else if len(c.past) > 0 && len(c.future) > 0 && !slices.Equal(c.past, c.future) {
		e = u.local("e" + name + suffix)
	}
	switch {
	case in == "":
	case r.embed == "none":
		w.line("let %s[t] = %s", e, in)
	default:
		size := r.embed
		if size == "" {
			size = r.size
		}
		w.line("let %s[t] = relu(linear(%s, %s))", e, in, size)
	}
	net := fmt.Sprintf("%s(%s[%s], %s%s)", r.cell, e, over, r.size, r.rest)
	if r.dropout != "0" {
		net = fmt.Sprintf("dropout(%s, %s)", net, r.dropout)
	}
	name = u.local(name + suffix)
	w.line("let %s[t] = %s", name, net)
	return name
}

// end is where a latent reads the net that runs from the left or the right: at
// its own time or, where it has none, where the net has seen all.
func (z *variable) end(side string) string {
	switch {
	case z.Timed:
		return "[t]"
	case side == "l":
		return "[T]"
	}
	return "[1]"
}

// at is the time of a definition that belongs to a latent.
func (z *variable) at() string {
	if z.Timed {
		return "[t]"
	}
	return ""
}

// local is a name for a piece of a guide that the model does not use.
func (u *unit) local(name string) string {
	for u.names[name] != nil {
		name += "_"
	}
	return name
}

// productText writes the product of the Gaussians of two nets (Krishnan et al.
// 2017, section 4: MF-LR); the powers are variances.
func (u *unit) productText(w *writer, z *variable, n int, nets []string) {
	var m, v [2]string
	for i, side := range []string{"l_", "r_"} {
		m[i], v[i] = u.local("m"+side+z.Name)+z.at(), u.local("v"+side+z.Name)+z.at()
		w.line("let %s = linear(%s, %d)", m[i], nets[i], n)
		w.line("let %s = softplus(linear(%s, %d))", v[i], nets[i], n)
	}
	s := u.local("s_"+z.Name) + z.at()
	w.line("let %s = %s + %s", s, v[0], v[1])
	w.line("%s ~ %s(mean=(%s * %s + %s * %s) / %s, var=%s * %s / %s)",
		z.ref(), u.guideFamily(z), m[1], v[0], m[0], v[1], s, v[0], v[1], s)
}

// blindText writes a factor that sees nothing: the same Gaussian at every time.
func (u *unit) blindText(w *writer, r recipe, z *variable) {
	m, v, size := u.local("m_"+z.Name), u.local("v_"+z.Name), ""
	if len(z.Dims) > 0 {
		size = fmt.Sprintf("[%d]", z.Cols())
	}
	w.line("param %s: real%s init 0", m, size)
	if r.family == "mvnormal" {
		w.line("param %s: real[%d] init 0", v, triangle(z.Cols()))
		w.line("%s ~ MVNormal(mean=%s, scale_tril=tril(%s))", z.ref(), m, v)
		return
	}
	w.line("param %s: real%s init 0", v, size)
	w.line("%s ~ %s(mean=%s, var=softplus(%s))", z.ref(), u.guideFamily(z), m, v)
}

// messageText writes the product of what the nets say, as a Gaussian, and of the
// model's own transition at the value drawn before (the authors' use_p); the
// powers are variances.
func (u *unit) messageText(w *writer, z *variable, n int, nets, now []string) {
	own := func(s string) bool { return strings.Contains(" "+strings.ReplaceAll(s, "(", " "), " "+z.Name+"[") }
	message := append(slices.Clone(nets), slices.DeleteFunc(slices.Clone(now), own)...)
	in := joined(message)
	if len(message) == 0 {
		in = "zeros(1)"
	}
	m, v, s := u.local("m_"+z.Name)+z.at(), u.local("v_"+z.Name)+z.at(), u.local("s_"+z.Name)+z.at()
	w.line("let %s = linear(%s, %d)", m, in, n)
	w.line("let %s = softplus(linear(%s, %d))", v, in, n)
	w.line("let %s = %s + prior_var(%s)", s, v, z.ref())
	u.writeStart(w, z)
	w.line("%[1]s ~ %[5]s(mean=(%[2]s * prior_var(%[1]s) + prior_mean(%[1]s) * %[3]s) / %[4]s, var=%[3]s * prior_var(%[1]s) / %[4]s)",
		z.ref(), m, v, s, u.guideFamily(z))
}

// mixText writes the combiner: the mean of what the nets say and of a layer that
// reads what is known at this time, or a layer that reads all.
func mixText(w *writer, r recipe, mixed string, nets, now []string) {
	if r.combine == "concat" {
		w.line("let %s = tanh(linear(%s, %s))", mixed, joined(append(now, nets...)), r.size)
		return
	}
	var terms []string
	if len(now) > 0 {
		terms = append(terms, fmt.Sprintf("tanh(linear(%s, %s))", joined(now), r.size))
	}
	terms = append(terms, nets...)
	if len(terms) == 1 {
		w.line("let %s = %s", mixed, terms[0])
		return
	}
	w.line("let %s = (%s) / %d", mixed, strings.Join(terms, " + "), len(terms))
}

func joined(pieces []string) string {
	if len(pieces) == 1 {
		return pieces[0]
	}
	return "concat(" + strings.Join(pieces, ", ") + ")"
}

// conditions sorts the references of a factor.
func (u *unit) conditions(f *lang.Factor) (c conditions) {
	s := u.root()
	for _, g := range f.Given {
		v := u.names[g.Name.Text].(*variable)
		e := s.extentOf(g)
		back, forth := math.IsInf(e.to, 1) && v.Timed, math.IsInf(e.from, -1) && v.Timed
		if forth {
			c.past = append(c.past, u.pieces(v, min(e.to, 0), e.to)...)
		}
		if back {
			c.future = append(c.future, u.pieces(v, e.from, max(e.from, float64(-e.short)))...)
		}
		if !back && !forth {
			c.now = append(c.now, u.pieces(v, e.from, e.to)...)
		}
	}
	return c
}
