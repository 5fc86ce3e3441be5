package compiler

import (
	"fmt"
	"strings"

	"gorgonia.org/gorgonia"

	"ssmc/runtime"
	"ssmc/runtime/op"
)

// dumpGraph lists the nodes of the graph that is trained, operands first.
func (p *Program) dumpGraph() string {
	g := op.NewGraph()
	terms, err := p.Model.Build(g, runtime.Spec{Train: true})
	if err == nil {
		err = differentiate(g, terms)
	}
	if err != nil {
		return err.Error() + "\n"
	}
	return strings.Join(describeGraph(g), "\n") + "\n"
}

// differentiate adds the cost of the terms and its gradient by all parameters.
func differentiate(g *op.Graph, terms []runtime.Term) error {
	weights := g.Input(op.Source{Kind: op.Coef, Name: "terms"}, op.Static(1, len(terms)))
	in := []*op.Value{weights}
	for _, t := range terms {
		in = append(in, t.Value)
	}
	cost := g.Apply(op.Total{}, "", in...)[0]
	var wrt []*op.Value
	for _, v := range g.Inputs {
		if v.Source.Kind == op.Param {
			wrt = append(wrt, v)
		}
	}
	if len(wrt) == 0 {
		return nil
	}
	_, err := g.Grad(cost, wrt...)
	return err
}

// describeGraph is one line a node, in the order in which they were made: what
// it computes, of which nodes, its shape and where in the program it came from.
func describeGraph(g *op.Graph) (lines []string) {
	inputs := map[*gorgonia.Node]*op.Value{}
	for _, v := range g.Inputs {
		inputs[v.Node] = v
	}
	for _, n := range g.AllNodes() {
		if v := inputs[n]; v != nil {
			lines = append(lines, fmt.Sprintf("%%%d = %s %s %v", n.ID(), sourceKinds[v.Source.Kind], v.Source.Name, v.Shape))
			continue
		}
		lines = append(lines, fmt.Sprintf("%%%d = %s%s%s", n.ID(), nodeText(n), operands(g, n), whence(n)))
	}
	return lines
}

var sourceKinds = map[op.SourceKind]string{op.Param: "param", op.Data: "data", op.Present: "present",
	op.Noise: "noise", op.Dropout: "dropout", op.Coef: "weights"}

// nodeText is what a node computes; a node without an op is a constant.
func nodeText(n *gorgonia.Node) string {
	f, ok := n.Op().(*op.Forward)
	switch {
	case n.Op() == nil:
		return n.Name()
	case !ok:
		return strings.TrimSuffix(fmt.Sprint(n.Op()), " false") // a sum that is not in place
	}
	m, ok := f.Spec.(*op.Map)
	if !ok {
		return f.Spec.Name()
	}
	return fmt.Sprintf("%s{%s}", m.Name(), m.Formula)
}

// operands lists the nodes that n reads.
func operands(g *op.Graph, n *gorgonia.Node) string {
	var out strings.Builder
	for it := g.From(n.ID()); it.Next(); {
		fmt.Fprintf(&out, " %%%d", it.Node().ID())
	}
	return out.String()
}

// whence is the shape of an op's result and its place in the program.
func whence(n *gorgonia.Node) string {
	switch o := n.Op().(type) {
	case *op.Forward:
		if o.Pos == "" {
			return fmt.Sprintf(" %v", o.Out[0])
		}
		return fmt.Sprintf(" %v at %s", o.Out[0], o.Pos)
	case *op.Pick:
		return fmt.Sprintf(" %v", o.Shape())
	}
	return ""
}
