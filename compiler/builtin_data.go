package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// presence is present(x[t]): one where x was observed, zero where it is missing.
func presence(s *scope, n *lang.Call) value {
	if len(n.Args) == 1 {
		if idx, ok := n.Args[0].Value.(*lang.Index); ok {
			if ref, ok := idx.X.(*lang.NameRef); ok {
				if v, ok := s.lookup(ref.Name).(*variable); ok && v.present != nil && len(idx.Slices) == 1 {
					return s.presentAt(v, idx)
				}
			}
		}
	}
	s.errorf(diag.BadArgument, n.Span, "present takes a variable declared missing, at a time").Helpf("write present(x[t])")
	return bad{}
}

func (s *scope) presentAt(v *variable, idx *lang.Index) value {
	at, ok := s.moment(idx.Slices[0].Lo)
	if !ok || at.base != "t" {
		s.errorf(diag.TimeIndex, idx.Span, "present takes a variable at a time").Helpf("write present(%s[t])", v.Name)
		return bad{}
	}
	s.guide.note(s, v, at.off, idx.Span)
	node, dir := v.present, 1
	if s.back {
		dir = -1
	}
	known := 1.0 // in a model what stands before the first step is given
	if s.guide != nil || at.off > 0 {
		known = 0
	}
	for range max(at.off, -at.off) {
		node = s.u.build.Lag(node, dir*sign(-at.off), s.u.build.Fill(known, 1, v.Cols()))
		s.u.tell(node, s.readAt(v.Name, v.axis, at.off))
	}
	return array{node, v.Dims, dist.Unit}
}

func sign(k int) int {
	if k < 0 {
		return -1
	}
	return 1
}

// priorOf is prior_mean(z[t]) and prior_var(z[t]) in a guide: the parameters of
// the model's own distribution of z[t], at the values that the guide has drawn.
func priorOf(param string) builtinFunc {
	return func(s *scope, n *lang.Call) value {
		var v *variable
		if len(n.Args) == 1 && s.guide != nil {
			v = s.u.variableIn(n.Args[0].Value)
		}
		if v == nil || v.Role != "latent" || v.steps == nil {
			s.errorf(diag.BadArgument, n.Span, "%s takes a latent at time t, in a guide", lang.Text(n.Fun)).Helpf("write %s(z[t])", lang.Text(n.Fun))
			return bad{}
		}
		home := s.u.root()
		home.guide = s.guide
		d, ok := home.distribution(v, v.steps, v.firsts)
		if !ok {
			return bad{}
		}
		p := d.dist.Canonical(s.u.build, d.nodes())[param]
		if p == nil {
			s.errorf(diag.BadArgument, n.Span, "%s has no %s", d.dist.Name, param)
			return bad{}
		}
		sup, _ := d.dist.Find(param)
		return array{s.u.build.Widen(p, v.Cols()), v.Dims, sup.Support}
	}
}

// variableIn is the variable that z[t], or b, names.
func (u *unit) variableIn(n lang.Node) *variable {
	if idx, ok := n.(*lang.Index); ok {
		n = idx.X
	}
	ref, ok := n.(*lang.NameRef)
	if !ok {
		return nil
	}
	v, _ := u.names[ref.Name].(*variable)
	return v
}

// oneHot is onehot(c, K): class c as K indicators.
func oneHot(s *scope, n *lang.Call) value {
	args, ok := s.exactly(n, 2)
	if !ok {
		return bad{}
	}
	k, isNumber := args[1].value.(number)
	if !isNumber || k.v < 1 || k.v > maxSize {
		s.errorf(diag.BadArgument, n.Span, "onehot takes a class and the number of classes")
		return bad{}
	}
	dims := []Size{{int(k.v), k.name}}
	switch c := args[0].value.(type) {
	case number: // a class that is summed out
		data := make([]float64, dims[0].N)
		if i := int(c.v); i >= 1 && i <= len(data) {
			data[i-1] = 1
		}
		return array{s.u.build.Apply(&op.Const{Rows: 1, Cols: len(data), Data: data}), dims, dist.Unit}
	case array:
		if c.sup == dist.Class && c.width() == dims[0].N && c.width() > 1 { // one that is drawn
			return array{c.node, dims, dist.Unit}
		}
		if c.width() == 1 {
			return array{s.u.build.Apply(op.OneHot{Classes: dims[0].N}, c.node), dims, dist.Unit}
		}
	}
	s.errorf(diag.BadArgument, args[0].at, "onehot takes a class, not %s", args[0].value.describe())
	return bad{}
}
