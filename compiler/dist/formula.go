package dist

import (
	"fmt"
	"math"

	"ssmc/lang"
	"ssmc/runtime/scalar"
)

// Formula reads a formula. It panics on a mistake: formulas are source code.
func Formula(text string) *scalar.Expr {
	e, found := lang.ParseExpr("formula", text)
	if len(found) > 0 {
		panic(fmt.Sprintf("dist: %q: %v", text, found))
	}
	return fromTree(e.Tree())
}

func fromTree(n lang.Node) *scalar.Expr {
	switch n := n.(type) {
	case *lang.Number:
		return scalar.Num(n.Value)
	case *lang.NameRef:
		if n.Name == "pi" {
			return scalar.Num(math.Pi)
		}
		return scalar.Var(n.Name)
	case *lang.Unary:
		return scalar.Call("neg", fromTree(n.X))
	case *lang.Binary:
		if k, ok := n.Y.(*lang.Number); ok && n.Op == "^" && k.Value == 2 {
			return scalar.Call("square", fromTree(n.X))
		}
		return scalar.Binary(n.Op, fromTree(n.X), fromTree(n.Y))
	case *lang.Call:
		return call(n)
	case *lang.Tuple:
		return fromTree(n.Args[0].Value)
	}
	panic(fmt.Sprintf("dist: no formula in %T", n))
}

func call(n *lang.Call) *scalar.Expr {
	var args []*scalar.Expr
	for _, a := range n.Args {
		args = append(args, fromTree(a.Value))
	}
	return scalar.Apply(n.Fun.(*lang.NameRef).Name, args...)
}

// masked is f where present_ is not zero, and zero elsewhere.
func masked(f *scalar.Expr) *scalar.Expr {
	return scalar.Apply("where", scalar.Var("present_"), f, scalar.Num(0))
}
