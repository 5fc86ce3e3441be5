package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// usualTemperature is that of classes that a one-line guide draws, if it says none.
const usualTemperature = 0.5

// relaxed is Relaxed(logits= | probs=, temperature=): a class that a guide draws.
// While it is trained it is softmax((log p + g)/temperature) with Gumbel noise g,
// which moves with the parameters; where it is scored it is the class of which
// log p + g is the largest (Jang et al. 2017; Maddison et al. 2017).
func relaxed(s *scope, n *lang.Call) value {
	if s.guide == nil {
		s.errorf(diag.BadArgument, n.Span, "Relaxed is for guides: a model draws a class from Categorical")
		return bad{}
	}
	rest := &lang.Call{Span: n.Span, Fun: n.Fun}
	temperature := number{v: usualTemperature}
	for _, a := range n.Args {
		if a.Name != "temperature" {
			rest.Args = append(rest.Args, a)
			continue
		}
		v := s.eval(a.Value)
		k, ok := v.(number)
		if !ok || k.v <= 0 || k.v > 10 {
			s.errorf(diag.BadArgument, a.Span, "a temperature is a number above 0, up to 10: near 0 classes are nearly such, and gradients wild")
			return bad{}
		}
		temperature = k
	}
	d, ok := s.drawFrom(dist.Categorical, rest).(*draw)
	if !ok {
		return bad{}
	}
	d.temperature = temperature.v
	return d
}

// gumbel is a class as indicators [rows,K], by u, uniform noise.
func (d *draw) gumbel(build *ir.Builder, u *ir.Node) *ir.Node {
	logp := d.dist.Classes(build, d.nodes())
	x := build.Formula(dist.Formula("p - log(-log(u))"), map[string]*ir.Node{"p": logp, "u": u}, false)
	return build.Apply(op.Relax{Temperature: d.temperature}, x)
}

// releaseClasses leaves to the guide what it draws: those classes are not summed
// out.
func (u *unit) releaseClasses() {
	for _, f := range u.guide.Factors {
		for _, t := range f.Targets {
			z, ok := u.names[t.Name.Text].(*variable)
			if ok && z.class != nil && f.Kind != "sum" {
				z.class, z.relaxed = nil, true
			}
		}
	}
}

// checkStates reports chains of classes that have too many states to sum over.
func (u *unit) checkStates() {
	c := u.chains()
	if c == nil || c.states <= mostStates {
		return
	}
	last := c.vars[len(c.vars)-1]
	u.errorf(diag.Unsupported, last.decl.Span, "%s together have %d states, and no more than %d can be summed over", c.names(), c.states, mostStates).
		Helpf("take fewer classes, or let the guide draw one: q(%s | ...) with relax=0.5", last.ref())
	u.stopped = true
}

// sampleCols is the width of the samples of a latent: of a class that is drawn,
// indicators.
func (v *variable) sampleCols() int {
	if v.relaxed {
		return v.Classes
	}
	return v.Cols()
}

// noise is what a sample of q is made of.
func (u *unit) noise(q *draw, z *variable) *ir.Node {
	kind := op.Noise
	if q.temperature > 0 {
		kind = op.Uniform
	}
	return u.build.Input(op.Source{Kind: kind, Name: z.Name}, z.sampled())
}

// smooth says what a guide draws a latent from.
func smooth(s *scope, z *variable) string {
	if z.relaxed {
		return "write Relaxed(logits=..., temperature=0.5)"
	}
	return s.suits(z)
}

// classText writes the draw of a class, by what nets make of what its factor is
// given.
func (u *unit) classText(w *writer, r recipe, z *variable, mixed string) {
	logits := "linear(" + mixed + ", " + itoa(z.Classes) + ")"
	if mixed == "" {
		logits = u.local("m_" + z.Name)
		w.line("param %s: real[%d] init 0", logits, z.Classes)
	}
	w.line("%s ~ Relaxed(logits=%s, temperature=%s)", z.ref(), logits, r.relax)
}

// relaxes reports a temperature where the guide draws no class.
func (u *unit) relaxes(a *lang.Arg) bool {
	for _, z := range u.drawn() {
		if z.relaxed {
			return true
		}
	}
	u.errorf(diag.BadArgument, a.Span, "relax= is the temperature of classes that a guide draws, and this one draws none").Helpf("drop it, or write a factor q(c[t] | ...) for a class")
	return false
}
