package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// A flow bends the samples of a distribution: z becomes bend(z), and its log
// density less by the logarithm of the volume that bend leaves, [rows,1].
type flow struct {
	bend func(z array) (out, logdet array, ok bool)

	base, logdet *ir.Node // of the sample that was drawn
}

// iaf is IAF(mean=, var=, context=, steps=, hidden=): a Gaussian bent by steps of
// inverse autoregressive flow (Kingma et al. 2016), for guides.
func iaf(s *scope, n *lang.Call) value {
	if s.guide == nil {
		s.errorf(diag.BadArgument, n.Span, "IAF is for guides: its density is known only at its own samples")
		return bad{}
	}
	own := map[string]*lang.ArgNode{}
	gauss := &lang.Call{Span: n.Span, Fun: n.Fun}
	for _, a := range n.Args {
		switch a.Name {
		case "context", "steps", "hidden":
			own[a.Name] = a
		default:
			gauss.Args = append(gauss.Args, a)
		}
	}
	d, ok := s.drawFrom(dist.Normal, gauss).(*draw)
	if !ok {
		return bad{}
	}
	if own["context"] == nil {
		s.errorf(diag.MissingArgument, n.Fun.At(), "IAF needs its context: what the steps of the flow see").Helpf("write IAF(mean=..., var=..., context=c[t], steps=2)")
		return bad{}
	}
	context, ok := s.within("context", own["context"].Value).array(own["context"].Value)
	steps, okSteps := s.wholeOr(own["steps"], 1, 100, 2)
	hidden, okHidden := s.wholeOr(own["hidden"], 1, maxSize, 0)
	if !ok || !okSteps || !okHidden {
		return bad{}
	}
	d.flow = &flow{bend: func(z array) (array, array, bool) { return s.bend(n, z, context, steps, hidden) }}
	return d
}

// wholeOr is the whole number from lo to hi that an argument gives, or fallback.
func (s *scope) wholeOr(a *lang.ArgNode, lo, hi, fallback int) (int, bool) {
	if a == nil {
		return fallback, true
	}
	k, ok := s.whole(a.Value)
	if ok && (k < lo || k > hi) {
		s.errorf(diag.BadArgument, a.Span, "%s is from %d to %d, not %d", a.Name, lo, hi, k)
		return 0, false
	}
	return k, ok
}

// bend passes z through the steps of a flow, every other in reverse order.
func (s *scope) bend(n *lang.Call, z, context array, steps, hidden int) (out, logdet array, ok bool) {
	if hidden == 0 {
		hidden = max(2*z.width(), 32)
	}
	step := netValue{net: s.u.libNets["iaf_step"].net, home: &scope{u: s.u, library: true}}
	sub := *s
	sub.segment = &segment{path: s.path + ".flow", total: 2}
	for k := range steps {
		args := []*argument{{"z", z, n.Span}, {"context", context, n.Span},
			{"hidden", number{v: float64(hidden)}, n.Span}, {"reverse", number{v: float64(k % 2)}, n.Span}}
		r, isRecord := sub.callNet(step, args, n).(record)
		if !isRecord {
			return z, logdet, false
		}
		z = r.values[0].(array)
		part := r.values[1].(array)
		if k > 0 {
			part.node = s.u.build.Call("+", logdet.node, part.node)
		}
		logdet = part
	}
	return z, logdet, true
}

// sampleOf draws from d by eps, its noise.
func (u *unit) sampleOf(d *draw, eps *ir.Node) (*ir.Node, bool) {
	if d.temperature > 0 {
		return d.gumbel(u.build, eps), true
	}
	z := d.dist.Reparameterised(u.build, eps, d.nodes())
	if d.flow == nil {
		return z, true
	}
	out, logdet, ok := d.flow.bend(array{node: z, dims: d.v.Dims, sup: dist.Real})
	d.flow.base, d.flow.logdet = z, logdet.node
	return out.node, ok
}

// densityAt is the log density of d at the sample of z that was drawn from it.
func (u *unit) densityAt(d *draw, z *ir.Node) *ir.Node {
	if d.flow == nil {
		return u.density(d, z, nil)
	}
	return u.build.Call("-", u.density(d, d.flow.base, nil), d.flow.logdet)
}

// causalIn is causal_in(D, H, reverse): the mask [D,H] that lets hidden unit h
// see the coordinates up to its own degree; causalOut is causal_out(H, D,
// reverse), the mask [H,D] that lets a coordinate be seen by hidden units of a
// lower degree alone (Germain et al. 2015, MADE). Together each coordinate
// depends on those before it, or in reverse after it.
func causalIn(s *scope, n *lang.Call) value {
	return causal(s, n, func(in, hidden int) bool { return in <= hidden }, false)
}

func causalOut(s *scope, n *lang.Call) value {
	return causal(s, n, func(out, hidden int) bool { return hidden < out }, true)
}

func causal(s *scope, n *lang.Call, sees func(coordinate, hidden int) bool, hiddenFirst bool) value {
	args, ok := s.exactly(n, 3)
	if !ok {
		return bad{}
	}
	var k [3]int
	for i, a := range args {
		x, isNumber := a.value.(number)
		if !isNumber || i < 2 && (x.v < 1 || x.v > maxSize) {
			s.errorf(diag.BadArgument, a.at, "%s takes two sizes and whether the order is reversed", lang.Text(n.Fun))
			return bad{}
		}
		k[i] = int(x.v)
	}
	rows, cols := k[0], k[1]
	if !s.u.matrixFits(rows, cols, n.Span) {
		return bad{}
	}
	data := make([]float64, rows*cols)
	for i := range rows {
		for j := range cols {
			c, h, size := i, j, rows
			if hiddenFirst {
				c, h, size = j, i, cols
			}
			degree := c + 1
			if k[2] != 0 {
				degree = size - c
			}
			if sees(degree, h%max(1, size-1)+1) {
				data[i*cols+j] = 1
			}
		}
	}
	return array{s.u.build.Apply(&op.Const{Rows: rows, Cols: cols, Data: data}), []Size{{rows, ""}, {cols, ""}}, dist.Unit}
}
