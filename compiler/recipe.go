package compiler

import (
	"slices"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A recipe is what `with` says of the nets of a one-line guide.
type recipe struct {
	cell    string // lstm
	size    string // 600
	rest    string // further arguments of the cell, each with a comma before it
	combine string // average, product, concat or prior; empty for the usual one
	embed   string // size of the embedding of the observations; none for none
	dropout string // rate, on the outputs of the cells
	family  string // of what is drawn: normal, mvnormal or iaf
	steps   string // of the flow
	relax   string // temperature of classes
}

// recipeKeys are the words that with takes.
var recipeKeys = []string{"rnn", "layers", "combine", "embed", "family", "relax", "dropout"}

func (u *unit) recipe(g *lang.Guide) (recipe, bool) {
	r := recipe{cell: "gru", size: "100", dropout: "0", family: "normal", relax: "0.5"}
	for _, a := range g.With {
		if a.Name == nil || !slices.Contains(recipeKeys, a.Name.Text) {
			u.errorf(diag.BadArgument, a.Span, "with takes %s", joinNames(recipeKeys)).Helpf("write with rnn=lstm(600), combine=average")
			return r, false
		}
		if !u.ingredient(&r, a) {
			return r, false
		}
	}
	return r, true
}

// ingredient reads one argument of with.
func (u *unit) ingredient(r *recipe, a *lang.Arg) bool {
	n := a.Value.Tree()
	written := lang.Text(n)
	switch a.Name.Text {
	case "rnn":
		return u.cell(r, n)
	case "layers":
		r.rest += ", layers=" + written
	case "combine":
		if !slices.Contains([]string{"average", "product", "concat", "prior"}, written) {
			u.errorf(diag.BadArgument, a.Value.Span, "nets are combined by average, product, concat or prior, not %s", written)
			return false
		}
		r.combine = written
	case "embed":
		r.embed = written
	case "dropout":
		r.dropout = written
	case "family":
		return u.family(r, n)
	case "relax":
		r.relax = written
		return u.relaxes(a)
	}
	return true
}

// family reads family=normal, family=mvnormal or family=iaf(2).
func (u *unit) family(r *recipe, n lang.Node) bool {
	name, steps := lang.Text(n), "2"
	if call, ok := n.(*lang.Call); ok && len(call.Args) == 1 {
		name, steps = lang.Text(call.Fun), lang.Text(call.Args[0])
	}
	if name != "normal" && name != "mvnormal" && name != "iaf" {
		u.errorf(diag.BadArgument, n.At(), "a guide's family is normal, mvnormal or iaf(steps), not %s", lang.Text(n))
		return false
	}
	r.family, r.steps = name, steps
	return true
}

// cell reads rnn=lstm(600), rnn=lstm(600, layers=2) or rnn=lstm.
func (u *unit) cell(r *recipe, n lang.Node) bool {
	call, isCall := n.(*lang.Call)
	fun := n
	if isCall {
		fun = call.Fun
	}
	ref, ok := fun.(*lang.NameRef)
	if ok {
		_, ok = u.lookupNet(ref.Name, false)
	}
	if !ok {
		u.errorf(diag.UnknownName, n.At(), "there is no recurrent net %s", lang.Text(fun)).Helpf("write rnn=lstm(600); the library has rnn, gru and lstm")
		return false
	}
	r.cell = ref.Name
	if isCall {
		for i, a := range call.Args {
			if i == 0 && a.Name == "" {
				r.size = lang.Text(a.Value)
			} else {
				r.rest += ", " + lang.Text(a)
			}
		}
	}
	return true
}
