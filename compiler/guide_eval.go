package compiler

import (
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// A guideScope is what a guide's body may read, and its latents.
type guideScope struct {
	latents map[string]*timed
	given   []*lang.Ref // by any factor
	targets map[string]bool
}

// evalGuide evaluates the guide's body: each latent becomes a sample.
func (u *unit) evalGuide() {
	if u.exact() {
		u.exactStates()
		return
	}
	g := &guideScope{latents: map[string]*timed{}, targets: map[string]bool{}}
	for _, f := range u.body.Factors {
		g.given = append(g.given, f.Given...)
		for _, t := range f.Targets {
			g.targets[t.Name.Text] = true
		}
	}
	s := &scope{u: u, parent: u.root(), vals: map[string]value{}, path: u.body.Name.Text, guide: g}
	u.samples, u.drawing = map[string]*draw{}, g
	drawn := u.placeGuide(s)
	for _, z := range u.drawn() {
		if rel := drawn[z.Name]; rel != nil {
			g.latents[z.Name] = u.latentOf(s, z, rel, g)
		} else {
			u.errorf(diag.MissingFactor, u.body.Span, "the guide's body draws no %s", z.Name).Helpf("add the line %s ~ Normal(...)", z.ref())
			u.stopped = true
		}
	}
	for _, z := range u.drawn() {
		if d := g.latents[z.Name]; d != nil {
			d.starts = u.guideStarts(s, z.Name)
		}
	}
	for _, z := range u.drawn() {
		d := g.latents[z.Name]
		if d != nil && d.state == fresh {
			d.evaluate()
		}
	}
	for _, z := range u.drawn() {
		if d := g.latents[z.Name]; d != nil {
			z.node = d.value.node
		}
	}
	u.settle()
	u.drawing = nil
}

// placeGuide files the statements of the guide's body and gives the draws.
func (u *unit) placeGuide(s *scope) map[string]*lang.Relation {
	drawn, lets := map[string]*lang.Relation{}, map[string]*timed{}
	for _, st := range u.body.Body {
		switch {
		case st.Let != nil && len(st.Let.Target.Index) > 0:
			s.timedLet(lets, st.Let)
		case st.Let != nil:
			name := st.Let.Target.Name.Text
			s.vals[name] = s.definition(name, st.Let.Value.Tree())
		case st.Param != nil:
			name := st.Param.Name.Text
			s.vals[name] = s.param(st.Param, s.path+"."+name)
		case st.Relation != nil && st.Relation.Op == "~":
			u.placeDraw(drawn, st.Relation)
		case st.Relation != nil:
		default:
			u.errorf(diag.BadRole, st.Span, "a guide is made of param, let, net calls and draws")
		}
	}
	return drawn
}

func (u *unit) placeDraw(drawn map[string]*lang.Relation, r *lang.Relation) {
	name := r.Target.Name.Text
	v, ok := u.names[name].(*variable)
	switch {
	case !ok || v.Role != "latent":
		u.errorf(diag.GuideTarget, r.Target.Span, "a guide draws the model's latents, and %s is none", name)
	case !v.Timed && len(r.Target.Index) > 0:
		u.errorf(diag.TimeIndex, r.Target.Span, "%s has one value a sequence", name).Helpf("write %s ~ ...", name)
	case v.Timed && !v.isNow(r.Target):
		u.errorf(diag.TimeIndex, r.Target.Span, "a guide draws %s", v.ref()).Helpf("write %s[0] = VALUE for what stands before it", name)
	case drawn[name] != nil:
		u.duplicateStatement(r, drawn[name])
	default:
		drawn[name] = r
	}
}

// guideStarts is the statements v[0] = ... of a guide's body.
func (u *unit) guideStarts(s *scope, name string) map[int]*lang.Relation {
	starts := map[int]*lang.Relation{}
	for _, st := range u.body.Body {
		if r := st.Relation; r != nil && r.Op == "=" && r.Target.Name.Text == name && len(r.Target.Index) == 1 {
			if m, ok := s.moment(r.Target.Index[0].Lo.Tree()); ok && m.base == "" && m.off < 1 {
				starts[m.off] = r
				continue
			}
			u.errorf(diag.TimeIndex, r.Target.Span, "a guide sets %s[0], what stands before the first step", name)
		}
	}
	return starts
}

// latentOf is a latent as its guide's sample.
func (u *unit) latentOf(s *scope, z *variable, rel *lang.Relation, g *guideScope) *timed {
	d := &timed{name: z.Name, at: rel.Target.Span, scope: s, axis: z.axis}
	if z.Timed {
		d.shape = &array{node: u.build.Fill(u.restOf(z.Name), 1, z.sampleCols()), dims: z.Dims, sup: u.latentSupport(z)}
	}
	d.sample = func(s *scope) (array, bool) {
		q, ok := s.one(z, rel, 0)
		if !ok {
			return array{}, false
		}
		if q.dist.Sample == "" && q.temperature == 0 {
			u.errorf(diag.NotReparameterised, q.at, "%s cannot be drawn as a smooth function of noise", q.dist.Name).Helpf("%s", smooth(s, z))
			return array{}, false
		}
		q.v = z
		u.samples[z.Name] = q
		u.build.Pos = position(rel.Span)
		node, ok := u.sampleOf(q, u.noise(q, z))
		if ok {
			node = u.held(z, node)
		}
		return array{node, z.Dims, u.latentSupport(z)}, ok
	}
	return d
}

// sampled is the shape of the variable's samples.
func (v *variable) sampled() op.Shape {
	s := v.rows().WithCols(v.sampleCols())
	s.Sampled = true
	return s
}
