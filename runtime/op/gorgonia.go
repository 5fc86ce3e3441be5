package op

import (
	"fmt"
	"hash"
	"hash/fnv"

	"github.com/chewxy/hm"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// Forward is a Gorgonia op that computes a Spec.
type Forward struct {
	traits
	Spec  Spec
	ID    int
	Pos   string // where in the program it came from
	In    []Shape
	Out   []Shape
	Args  []*gorgonia.Node // the operands, in order
	graph *Graph
}

// Grad computes the gradients of a Forward by its inputs, given its inputs,
// its result and the result's gradient. Its value is one array an input, which
// Picks take apart.
type Grad struct {
	traits
	Of    *Forward
	ID    int
	Out   *gorgonia.Node // the result of Of
	DOut  *gorgonia.Node // its gradient
	graph *Graph
}

// Pick is one of the arrays of a Forward with several results, or of a Grad.
type Pick struct {
	traits
	Of    gorgonia.Op
	Index int
	ID    int
	Arg   *gorgonia.Node
	graph *Graph
}

// Unpick is the gradient of a Forward with several results, of which only one
// is not zero.
type Unpick struct {
	traits
	Pick *Pick
	ID   int
	Arg  *gorgonia.Node
}

// IsAdd reports whether o is Gorgonia's own sum of two arrays: Grad adds up
// gradients with it where a value is used more than once.
func IsAdd(o gorgonia.Op) bool {
	return fmt.Sprintf("%T", o) == "gorgonia.elemBinOp" && len(o.String()) > 0 && o.String()[0] == '+'
}

// Arity is the number of operands, or one where there are none: see root.
func (f *Forward) Arity() int { return max(1, len(f.Args)) }

// Arity is the number of operands.
func (o *Grad) Arity() int { return o.Of.Arity() + 2 }

// Arity is one.
func (o *Pick) Arity() int { return 1 }

// Arity is one.
func (o *Unpick) Arity() int { return 1 }

// Type is the op's type for Gorgonia: arrays to an array.
func (f *Forward) Type() hm.Type { return fnType(f.Arity(), f.scalar()) }

// Type is the op's type for Gorgonia.
func (o *Grad) Type() hm.Type {
	a := hm.TypeVariable('a')
	ts := []hm.Type{}
	for range o.Of.Arity() {
		ts = append(ts, matrix(a))
	}
	r := matrix(a)
	if o.Of.scalar() {
		r = a
	}
	return hm.NewFnType(append(ts, r, r, matrix(a))...)
}

// Type is the op's type for Gorgonia.
func (o *Pick) Type() hm.Type { return fnType(1, false) }

// Type is the op's type for Gorgonia.
func (o *Unpick) Type() hm.Type { return fnType(1, false) }

func (f *Forward) scalar() bool { _, ok := f.Spec.(Total); return ok }

func fnType(n int, scalar bool) hm.Type {
	a := hm.TypeVariable('a')
	var ts []hm.Type
	for range n {
		ts = append(ts, matrix(a))
	}
	if scalar {
		return hm.NewFnType(append(ts, a)...)
	}
	return hm.NewFnType(append(ts, matrix(a))...)
}

func matrix(a hm.TypeVariable) hm.Type { return gorgonia.TensorType{Dims: 2, Of: a} }

// InferShape is the nominal shape of the first result.
func (f *Forward) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) {
	if f.scalar() {
		return tensor.ScalarShape(), nil
	}
	return nominal(f.Out[0]), nil
}

// InferShape is a nominal shape: a Grad's value is taken apart by Picks.
func (o *Grad) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return tensor.Shape{1, 1}, nil }

// InferShape is the nominal shape of the array picked.
func (o *Pick) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) { return nominal(o.Shape()), nil }

// InferShape is that of the op whose result was picked.
func (o *Unpick) InferShape(...gorgonia.DimSizer) (tensor.Shape, error) {
	return o.Pick.Of.InferShape()
}

// Shape is the shape of the array picked.
func (o *Pick) Shape() Shape {
	switch of := o.Of.(type) {
	case *Forward:
		return of.Out[o.Index]
	case *Grad:
		return of.Of.In[o.Index]
	}
	panic(fmt.Sprintf("op: pick of %T", o.Of))
}

// DiffWRT is what Gorgonia asks before it calls SymDiff.
func (f *Forward) DiffWRT(n int) []bool {
	d := make([]bool, n)
	for i := range min(n, len(f.Args)) {
		d[i] = f.Spec.Diff(i)
	}
	return d
}

// SymDiff adds the Grad of f and a Pick for each input.
func (f *Forward) SymDiff(in gorgonia.Nodes, out, dout *gorgonia.Node) (gorgonia.Nodes, error) {
	o := &Grad{Of: f, ID: f.graph.next(), Out: out, DOut: dout, graph: f.graph}
	n, err := gorgonia.ApplyOp(o, append(append(gorgonia.Nodes{}, in...), out, dout)...)
	if err != nil {
		return nil, err
	}
	grads := make(gorgonia.Nodes, len(in))
	for i := range f.Args {
		if !f.Spec.Diff(i) {
			continue
		}
		if grads[i], err = gorgonia.ApplyOp(&Pick{Of: o, Index: i, ID: f.graph.next(), Arg: n, graph: f.graph}, n); err != nil {
			return nil, err
		}
	}
	return grads, nil
}

// DiffWRT says that a Pick has a gradient.
func (o *Pick) DiffWRT(int) []bool { return []bool{true} }

// SymDiff is the Unpick of o.
func (o *Pick) SymDiff(_ gorgonia.Nodes, _, dout *gorgonia.Node) (gorgonia.Nodes, error) {
	n, err := gorgonia.ApplyOp(&Unpick{Pick: o, ID: o.graph.next(), Arg: dout}, dout)
	return gorgonia.Nodes{n}, err
}

func (f *Forward) String() string { return f.Spec.Name() }
func (o *Grad) String() string    { return "d" + o.Of.Spec.Name() }
func (o *Pick) String() string    { return fmt.Sprintf("Pick%d", o.Index) }
func (o *Unpick) String() string  { return fmt.Sprintf("Unpick%d", o.Pick.Index) }

// WriteHash makes every node its own: Gorgonia must not merge them.
func (f *Forward) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%v#%d", f, f.ID) }

// WriteHash makes every node its own.
func (o *Grad) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%v#%d", o, o.ID) }

// WriteHash makes every node its own.
func (o *Pick) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%v#%d", o, o.ID) }

// WriteHash makes every node its own.
func (o *Unpick) WriteHash(h hash.Hash) { fmt.Fprintf(h, "%v#%d", o, o.ID) }

// Hashcode is the hash of the op alone.
func (f *Forward) Hashcode() uint32 { return hashcode(f) }

// Hashcode is the hash of the op alone.
func (o *Grad) Hashcode() uint32 { return hashcode(o) }

// Hashcode is the hash of the op alone.
func (o *Pick) Hashcode() uint32 { return hashcode(o) }

// Hashcode is the hash of the op alone.
func (o *Unpick) Hashcode() uint32 { return hashcode(o) }

func hashcode(o gorgonia.Op) uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

// traits are the answers that all our ops give Gorgonia.
type traits struct{}

// ReturnsPtr says that results are shared, not copied.
func (traits) ReturnsPtr() bool { return true }

// CallsExtern says that no device is called.
func (traits) CallsExtern() bool { return false }

// OverwritesInput says that operands are left alone.
func (traits) OverwritesInput() int { return -1 }

// Do refuses: the numbers of a graph come from a backend, which knows the
// batch's layout, and not from Gorgonia's machines.
func (traits) Do(...gorgonia.Value) (gorgonia.Value, error) {
	return nil, fmt.Errorf("our ops are run by a backend of package runtime, not by a Gorgonia machine")
}
