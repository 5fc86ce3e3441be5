package dist

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

// NewMixture is the mixture of distributions over one support. It draws one of
// them for all coordinates of x together: the weights are x's, not those of each
// coordinate. Parameters of part k, from 1, are named k.NAME.
func NewMixture(parts []*Dist) *Dist {
	m := &Dist{Name: "Mixture", Over: parts[0].Over, parts: parts, Params: []Param{
		{Name: "logits", Support: Real, Form: Own, Doc: "unnormalised log weight of each part", Alts: []Alt{
			{Name: "probs", Support: Unit, Form: Own, Doc: "weight of each part; they add up to one", Formula: "log(probs)"},
		}},
	}}
	for k, d := range parts {
		m.Closed = m.Closed || d.Closed
		for _, p := range d.Params {
			p.Name, p.Alts = partName(k, p.Name), nil
			m.Params = append(m.Params, p)
		}
	}
	m.Joint = &Joint{density: m.mixed, Draw: m.drawPart}
	return m
}

// partName is the name of a parameter of part k.
func partName(k int, name string) string { return fmt.Sprintf("%d.%s", k+1, name) }

// partOf undoes partName.
func (d *Dist) partOf(name string) (k int, rest string, ok bool) {
	number, rest, ok := strings.Cut(name, ".")
	k, err := strconv.Atoi(number)
	return k - 1, rest, ok && err == nil && k >= 1 && k <= len(d.parts)
}

// Give is the name by which a mixture is given a parameter of part k.
func (d *Dist) Give(k int, name string) string { return partName(k, name) }

// givenTo is what is given to part k, by its own names.
func (d *Dist) givenTo(k int, given map[string]*ir.Node) map[string]*ir.Node {
	out := map[string]*ir.Node{}
	for name, n := range given {
		if part, rest, ok := d.partOf(name); ok && part == k {
			out[rest] = n
		}
	}
	return out
}

// mixed is the logarithm of the weighted sum of the parts' densities, [rows,1].
func (d *Dist) mixed(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, present *ir.Node) *ir.Node {
	weights := b.Apply(op.LogSoftmax{}, d.resolve(b, given, "logits"))
	var sum *scalar.Expr
	vars := map[string]*ir.Node{}
	for k, part := range d.parts {
		w, p := fmt.Sprint("w", k), fmt.Sprint("p", k)
		vars[w] = b.Slice(weights, k, k+1)
		vars[p] = part.Density(b, x, d.givenTo(k, given), present)
		term := scalar.Add(scalar.Var(w), scalar.Var(p))
		if k == 0 {
			sum = term
			continue
		}
		sum = logAddExp(sum, term)
	}
	return b.Formula(sum, vars, false)
}

// logAddExp is log(exp(a) + exp(b)), with the larger taken out.
func logAddExp(a, b *scalar.Expr) *scalar.Expr {
	over := func(a, b *scalar.Expr) *scalar.Expr {
		return scalar.Add(a, scalar.Call("softplus", scalar.Sub(b, a)))
	}
	return scalar.Where(scalar.Call("greaterEq", a, b), over(a, b), over(b, a))
}

// drawPart draws a part, and then x from it.
func (d *Dist) drawPart(r *rand.Rand, x []float64, params [][]float64) bool {
	if !Categorical.Allows(params[0]) {
		return false
	}
	k := int(Categorical.Draw(r, params[0]))
	at := 1
	for _, part := range d.parts[:k] {
		at += len(part.Params)
	}
	own := params[at : at+len(d.parts[k].Params)]
	for j := range x {
		args := d.parts[k].Arguments(own, j)
		if !d.parts[k].Allows(args) {
			return false
		}
		x[j] = d.parts[k].Draw(r, args)
	}
	return true
}
