package compiler

import (
	"maps"
	"slices"
	"strconv"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// DefaultFloor is added to variances, scales, rates and whatever else must be
// positive, where a program computes it; not to rate=exp(y), which is log_rate=y. A density may then be large, 9.2 nats a
// coordinate of a Normal, but its gradient, which goes with the square, stays well
// within what 32 bits hold, also once an optimiser has squared it.
const DefaultFloor = 1e-8

// A PlannedFloor is a parameter of a distribution that is kept above a floor.
type PlannedFloor struct {
	Variable  string // z[t], as its statement has it
	Guide     bool   // of a statement of the guide
	Parameter string // as the statement gives it: sd
	As        string // what the floor is added to: var
	Floor     float64
}

// floor is what the train block or the configuration says.
func (u *unit) floor() float64 {
	text := u.config.Floor
	for _, b := range u.blocks {
		for _, x := range b.Settings {
			if text == "" && b.Kind == "train" && x.Name.Text == "floor" {
				text = lang.Text(x.Value.Tree())
			}
		}
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil && v >= 0 { // what it is not, whoever reads settings reports
		return v
	}
	return DefaultFloor
}

// keepAbove adds the floor to the parameters of a draw that are computed and must
// be positive. Constants are what the program says.
func (s *scope) keepAbove(d *draw, at diag.Span) {
	u := s.u
	floor := u.floor()
	if floor == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(d.given)) {
		a := d.given[name]
		if isConstant(a.node) {
			continue
		}
		u.build.Pos = a.node.Pos
		as, n, ok := d.dist.Floored(u.build, name, d.nodes(), floor)
		if !ok {
			continue
		}
		delete(d.given, name)
		d.given[as] = array{n, a.dims, a.sup}
		u.planFloor(PlannedFloor{Variable: u.owner(position(at)), Guide: s.guide != nil, Parameter: name, As: as, Floor: floor})
	}
}

// isConstant reports whether a node is known when the program is compiled.
func isConstant(n *ir.Node) bool {
	if n.Shape.Axis != op.Once {
		return false
	}
	_, known := ir.Evaluate(n)
	return known
}

// planFloor notes a floor, once: statements are evaluated more than once.
func (u *unit) planFloor(f PlannedFloor) {
	if !slices.Contains(u.floors, f) {
		u.floors = append(u.floors, f)
	}
}
