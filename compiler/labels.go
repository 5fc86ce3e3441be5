package compiler

import (
	"slices"

	"ssmc/lang"
	"ssmc/runtime"
)

// Labels is a latent class and the parameters that change places with its classes:
// which class is called the first is a matter of chance.
type Labels struct {
	Latent  string
	Classes int
	// Axes is, for each such parameter by its full name, the sizes of it, from 0,
	// that count the classes.
	Axes map[string][]int
}

// Labels lists the latent classes of a model whose labels can be told apart in its
// parameters: a size counts the classes if it is written as the type's. Two
// latents of as many classes cannot be told apart, and are left out.
func (s *Simulator) Labels() []Labels { return s.labels }

func (u *unit) labels() (out []Labels) {
	written := map[string]int{}
	for _, v := range u.latents() {
		if v.Kind == runtime.OneOf {
			written[classText(v)]++
		}
	}
	for _, v := range u.latents() {
		if v.Kind != runtime.OneOf || written[classText(v)] > 1 {
			continue
		}
		l := Labels{Latent: v.Name, Classes: v.Classes, Axes: map[string][]int{}}
		for _, st := range u.model.Stmts {
			if st.Param == nil {
				continue
			}
			if axes := countingAxes(st.Param, classText(v)); len(axes) > 0 {
				l.Axes[u.model.Name.Text+"."+st.Param.Name.Text] = axes
			}
		}
		out = append(out, l)
	}
	return out
}

// classText is how many classes a latent has, as it is written.
func classText(v *variable) string { return lang.Text(v.decl.Type.Sizes[0].Tree()) }

// countingAxes is the sizes of a parameter that count classes. A number that is
// written out may mean other things: it counts them where the parameter is
// repeated, where it is a simplex, or where it comes first.
func countingAxes(p *lang.Param, classes string) (axes []int) {
	sizes := p.Type.Sizes
	if p.For != nil {
		sizes = append([]*lang.Expr{p.For.Range.Hi}, sizes...)
	}
	for i, e := range sizes {
		_, plain := e.Tree().(*lang.Number)
		sure := !plain || i == 0 || p.Type.Name.Text == "simplex" && i == len(sizes)-1
		square := slices.Contains([]string{"cov", "corr"}, p.Type.Name.Text) && i == len(sizes)-1
		if lang.Text(e.Tree()) == classes && sure && !square {
			axes = append(axes, i)
		}
	}
	return axes
}
