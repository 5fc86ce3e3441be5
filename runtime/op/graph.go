package op

import (
	"fmt"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A Source says what fills an input of a graph.
type Source struct {
	Kind SourceKind
	Name string  // parameter, port or term it belongs to
	Rate float64 // of dropout
}

// A SourceKind is a kind of input.
type SourceKind uint8

// The kinds of inputs.
const (
	Param   SourceKind = iota // a learned array
	Data                      // the values of a port
	Present                   // one where a port's value was observed, zero where it is missing
	Noise                     // standard normal numbers, new at each run
	Dropout                   // 0 with probability Rate, else 1/(1-Rate)
	Wander                    // standard normal numbers of a parameter's posterior; zero unless training
	Coef                      // coefficients of the terms, set by the objective
	Uniform                   // numbers uniform on (0,1), new at each run
)

// A Value is a node of a graph with the shape of its array.
type Value struct {
	Node   *gorgonia.Node
	Shape  Shape
	Source *Source // of an input
}

// A Graph builds a Gorgonia expression graph out of our ops. Its node shapes
// are nominal: the rows of Seq and Frame arrays are known only to a batch.
type Graph struct {
	*gorgonia.ExprGraph
	Inputs []*Value
	ids    int
}

// NewGraph is an empty graph.
func NewGraph() *Graph { return &Graph{ExprGraph: gorgonia.NewGraph()} }

// Input adds an input. Names must differ within a kind.
func (g *Graph) Input(src Source, s Shape) *Value {
	name := fmt.Sprintf("%d:%s:%d", src.Kind, src.Name, len(g.Inputs))
	n := gorgonia.NewMatrix(g.ExprGraph, tensor.Float64, gorgonia.WithName(name), gorgonia.WithShape(nominal(s)...))
	v := &Value{Node: n, Shape: s, Source: &src}
	g.Inputs = append(g.Inputs, v)
	return v
}

// Apply adds an op and gives its results: one, or those of a Scan. It panics
// where the shapes do not fit: the compiler has checked them.
func (g *Graph) Apply(spec Spec, pos string, in ...*Value) []*Value {
	f := &Forward{Spec: spec, ID: g.next(), Pos: pos, graph: g}
	for _, v := range in {
		f.Args = append(f.Args, v.Node)
		f.In = append(f.In, v.Shape)
	}
	out, err := spec.Infer(f.In)
	if err != nil {
		panic(fmt.Errorf("%s: %s: %w", pos, spec.Name(), err))
	}
	f.Out = []Shape{out}
	scan, many := spec.(*Scan)
	if !many {
		return []*Value{{Node: g.node(f, f.Args...), Shape: out}}
	}
	f.Out = nil
	for _, o := range scan.Outs {
		f.Out = append(f.Out, scan.Value(o))
	}
	n := g.node(f, f.Args...)
	var outs []*Value
	for i, s := range f.Out {
		p := &Pick{Of: f, Index: i, ID: g.next(), graph: g, Arg: n}
		outs = append(outs, &Value{Node: g.node(p, n), Shape: s})
	}
	return outs
}

func (g *Graph) next() int { g.ids++; return g.ids }

func (g *Graph) node(o gorgonia.Op, in ...*gorgonia.Node) *gorgonia.Node {
	if len(in) == 0 { // Gorgonia applies ops to nodes only: a constant needs one to hang on
		in = append(in, g.root())
	}
	return gorgonia.Must(gorgonia.ApplyOp(o, in...))
}

// root is an input that nothing reads.
func (g *Graph) root() *gorgonia.Node {
	const name = "root"
	for _, n := range g.ByName(name) {
		return n
	}
	return gorgonia.NewMatrix(g.ExprGraph, tensor.Float64, gorgonia.WithName(name), gorgonia.WithShape(1, 1))
}

// Grad adds the derivatives of cost, a Total, by each of wrt.
func (g *Graph) Grad(cost *Value, wrt ...*Value) ([]*Value, error) {
	var nodes gorgonia.Nodes
	for _, v := range wrt {
		nodes = append(nodes, v.Node)
	}
	grads, err := gorgonia.Grad(cost.Node, nodes...)
	if err != nil {
		return nil, fmt.Errorf("differentiate: %w", err)
	}
	var out []*Value
	for i, n := range grads {
		out = append(out, &Value{Node: n, Shape: wrt[i].Shape})
	}
	return out, nil
}

// Check reports whether Gorgonia has merged nodes that are not the same: it
// tells nodes apart by 32 bits of hash and their names.
func (g *Graph) Check() error {
	names, hashes := map[string]bool{}, map[uint32]bool{}
	for _, n := range g.AllNodes() {
		h := n.Hashcode()
		if n.IsVar() && names[n.Name()] || hashes[h] {
			return fmt.Errorf("two graph nodes share the name or hash of %v", n)
		}
		names[n.Name()], hashes[h] = true, true
	}
	return nil
}

// nominal is the shape that Gorgonia sees.
func nominal(s Shape) tensor.Shape {
	if s.Axis == Once {
		return tensor.Shape{s.Rows, s.Cols}
	}
	return tensor.Shape{2, s.Cols}
}
