package compiler

import (
	"maps"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/exact"
)

// fitsJoint compares the sizes of the parameters of a distribution over a whole
// vector with v, and turns them into rows.
func (s *scope) fitsJoint(v *variable, d *draw, rel *lang.Relation) bool {
	n := Size{N: v.Cols()}
	if len(v.Dims) == 1 {
		n = v.Dims[0]
	}
	if !s.u.matrixFits(n.N, n.N, rel.Value.Span) {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(d.given)) {
		a := d.given[name]
		fitted, want := s.inForm(a, d.dist.FormOf(name), n)
		if fitted == nil {
			s.mismatch(v, rel, name, a, want)
			return false
		}
		d.given[name] = *fitted
	}
	return s.proper(d, n.N, rel)
}

// proper reports a covariance that is known beforehand and is none.
func (s *scope) proper(d *draw, n int, rel *lang.Relation) bool {
	for _, name := range []string{"cov", "prec"} {
		a, given := d.given[name]
		if !given {
			continue
		}
		if x, known := ir.Evaluate(a.node); known && !exact.Root(make([]float64, n*n), x, n) {
			s.errorf(diag.Support, d.at, "%s must be positive definite, and %s is not", name, argumentText(rel, name)).
				Helpf("W @ transpose(W) + diag(d) is, for any W and positive d; a parameter that is one is written param S: cov[%d]", n)
			return false
		}
	}
	return true
}

// argumentText is an argument of a draw as it is written.
func argumentText(rel *lang.Relation, name string) string {
	if call, ok := rel.Value.Tree().(*lang.Call); ok {
		for _, a := range call.Args {
			if a.Name == name {
				return lang.Text(a.Value)
			}
		}
	}
	return name
}

// inForm is a parameter of a distribution over n numbers as rows, or nil and the
// sizes that it should have.
func (s *scope) inForm(a array, f dist.Form, n Size) (fitted *array, want []Size) {
	want = []Size{n}
	switch f {
	case dist.Own:
		return &a, nil
	case dist.Square:
		want = []Size{n, n}
	case dist.Tall:
		want = []Size{n, {N: 1}}
		if len(a.dims) == 2 {
			want[1] = a.dims[1]
		}
	}
	dims := a.dims
	if len(dims) == 0 && (f == dist.Row || n.N == 1) { // one number serves all
		return &array{s.u.build.Widen(a.node, n.N), want, a.sup}, nil
	}
	if f == dist.Tall && len(dims) == 1 { // one column
		dims = []Size{dims[0], {N: 1}}
	}
	if !sameDims(dims, want) {
		return nil, want
	}
	return &array{s.u.build.Row(a.node), want, a.sup}, nil
}

// widenFamily turns the Normal among draws of one variable into MVNormal where
// others of them are: z[1] ~ Normal(...), z[t] ~ MVNormal(...).
func (u *unit) widenFamily(d *draw, firsts []*draw) {
	all, joint := append([]*draw{d}, firsts...), false
	for _, x := range all {
		joint = joint || x.dist == dist.MVNormal
	}
	for _, x := range all {
		if !joint || x.dist != dist.Normal {
			continue
		}
		p, n := x.dist.Canonical(u.build, x.nodes()), d.v.Cols()
		x.dist, x.given = dist.MVNormal, map[string]array{
			"mean": {node: u.build.Widen(p["mean"], n)},
			"cov":  {node: u.build.Diagonal(u.build.Widen(p["var"], n))},
		}
	}
}
