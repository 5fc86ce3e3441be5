package compiler

import (
	"maps"
	"slices"

	"ssmc/compiler/dist"
	"ssmc/lang"
)

// fitsJoint compares the sizes of the parameters of a distribution over a whole
// vector with v, and turns them into rows.
func (s *scope) fitsJoint(v *variable, d *draw, rel *lang.Relation) bool {
	n := Size{N: v.Cols()}
	if len(v.Dims) == 1 {
		n = v.Dims[0]
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
	return true
}

// inForm is a parameter of a distribution over n numbers as rows, or nil and the
// sizes that it should have.
func (s *scope) inForm(a array, f dist.Form, n Size) (fitted *array, want []Size) {
	want = []Size{n}
	switch f {
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
