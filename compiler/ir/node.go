// Package ir is the form of a model between its text and its graph: arrays and
// the ops that make them, with cycles through lags in time. It knows shapes and
// formulas; it knows no names of the language, no distributions and no guides.
package ir

import (
	"fmt"

	"ssmc/runtime/op"
)

// A Node is an array: an input, or an op applied to other arrays. A recurrence
// is a cycle of nodes that passes through a Lag.
type Node struct {
	ID     int
	Spec   op.Spec    // nil for an input
	Source *op.Source // of an input
	In     []*Node
	Shape  op.Shape
	Pos    string // where in the program it came from

	promised bool  // a Promise
	kept     *Node // what a Promise turned out to be
}

// Resolve follows promises to the node that they became.
func (n *Node) Resolve() *Node {
	for n.kept != nil {
		n = n.kept
	}
	return n
}

// Const is n's value if it is a constant of one row.
func (n *Node) Const() (*op.Const, bool) {
	c, ok := n.Spec.(*op.Const)
	return c, ok
}

// Number is n's value if it is a single constant.
func (n *Node) Number() (float64, bool) {
	c, ok := n.Const()
	if !ok || c.Rows*c.Cols != 1 {
		return 0, false
	}
	return c.Data[0], true
}

func (n *Node) String() string {
	name := "promise"
	switch {
	case n.Source != nil:
		name = n.Source.Name
	case n.Spec != nil:
		name = n.Spec.Name()
	}
	return fmt.Sprintf("%%%d:%s%v", n.ID, name, n.Shape)
}
