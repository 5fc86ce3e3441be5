package runtime

import (
	"fmt"
	"slices"
)

// maxValues bounds a parameter: beyond it lies a mistake, not a model.
const maxValues = 1 << 40

// CheckParams reports parameters that no model can have, as a damaged file may
// claim to hold: sizes that are not above zero or beyond all memory, transforms of
// the wrong shape, posteriors of parameters that are not there.
func CheckParams(list []Param) error {
	byName := map[string]Param{}
	for _, p := range list {
		if _, twice := byName[p.Name]; twice {
			return fmt.Errorf("there are two parameters %s", p.Name)
		}
		if err := p.check(); err != nil {
			return fmt.Errorf("parameter %s %w", p.Name, err)
		}
		byName[p.Name] = p
	}
	for i, p := range list {
		if p.Belief != nil && !p.Belief.fits(p, list[:i+1], byName) {
			return fmt.Errorf("the posterior of parameter %s is not whole", p.Name)
		}
	}
	return nil
}

// check reports sizes and a transform that a parameter cannot have.
func (p Param) check() error {
	n := 1
	for _, d := range p.Dims {
		if d < 1 || d > maxValues/n {
			return fmt.Errorf("is %v, which it cannot be", p.Dims)
		}
		n *= d
	}
	k, t := len(p.Dims), p.Transform
	switch t.Kind {
	case Plain:
		return nil
	case Bounds:
		if t.Low == nil && t.High == nil || t.Low != nil && t.High != nil && !(*t.Low < *t.High) {
			return fmt.Errorf("has bounds that allow nothing")
		}
		return nil
	case Simplex, Ordered:
		if k > 0 {
			return nil
		}
	case Cov, Corr:
		if k > 1 && p.Dims[k-1] == p.Dims[k-2] {
			return nil
		}
	}
	return fmt.Errorf("is %v, and cannot be a %s", p.Dims, t.Kind)
}

// fits reports whether the posterior is that of p, with noise of its own and of
// those before it.
func (b *Belief) fits(p Param, upTo []Param, byName map[string]Param) bool {
	if sd, ok := byName[b.SD]; !ok || sd.NaturalSize() != p.Size() {
		return false
	}
	for _, m := range b.Mix {
		from := slices.IndexFunc(upTo, func(q Param) bool { return q.Name == m.From && q.Belief != nil })
		matrix, ok := byName[m.Matrix]
		if from < 0 || !ok || matrix.Size() != upTo[from].Size()*p.Size() {
			return false
		}
	}
	return true
}
