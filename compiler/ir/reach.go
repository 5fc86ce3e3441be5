package ir

import (
	"math"

	"ssmc/runtime/op"
)

// A Reach is how many steps back in time nodes read what they are asked about.
type Reach struct {
	Found       bool
	Least, Most int // Unlimited where all of the past is read, or no bound is known
}

// Unlimited is a reach as far as there are steps.
const Unlimited = math.MaxInt32

// ReachOf is how far back nodes read those inputs that is picks. What looks ahead in
// time counts as reading its own.
func ReachOf(roots []*Node, is func(*Node) bool) Reach {
	w := &way{through: leading(roots, is), is: is, least: map[*Node]int{}, most: map[*Node]int{}}
	out := Reach{Least: Unlimited}
	for _, n := range roots {
		if n = n.Resolve(); w.through[n] {
			out.Found = true
			w.nearest(n, 0, &out.Least)
			out.Most = max(out.Most, w.farthest(n))
		}
	}
	return out
}

// leading is the nodes among those that roots depend on that depend on inputs which is
// picks, and these.
func leading(roots []*Node, is func(*Node) bool) map[*Node]bool {
	users := map[*Node][]*Node{}
	var todo []*Node
	Visit(roots, func(n *Node) {
		if n.Source != nil && is(n) {
			todo = append(todo, n)
		}
		for _, m := range n.In {
			users[m.Resolve()] = append(users[m.Resolve()], n)
		}
	})
	found := map[*Node]bool{}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !found[n] {
			found[n] = true
			todo = append(todo, users[n]...)
		}
	}
	return found
}

// A way goes from nodes to the inputs that they read.
type way struct {
	through     map[*Node]bool
	is          func(*Node) bool
	least, most map[*Node]int
}

// nearest finds inputs that are fewer steps back than nearest.
func (w *way) nearest(n *Node, steps int, nearest *int) {
	if before, seen := w.least[n]; seen && before <= steps || steps >= *nearest {
		return
	}
	w.least[n] = steps
	if n.Source != nil {
		*nearest = steps
		return
	}
	back, _ := backwards(n.Spec)
	for _, m := range n.In {
		if m = m.Resolve(); w.through[m] {
			w.nearest(m, steps+back, nearest)
		}
	}
}

// farthest is how many steps back the farthest inputs are; a recurrence has no bound.
func (w *way) farthest(n *Node) int {
	if far, seen := w.most[n]; seen {
		return far
	}
	w.most[n] = Unlimited // until it is known that it leads back to itself nowhere
	far := 0
	_, back := backwards(n.Spec)
	for _, m := range n.In {
		if m = m.Resolve(); w.through[m] {
			far = max(far, min(Unlimited, w.farthest(m)+back))
		}
	}
	w.most[n] = far
	return far
}

// backwards is how many steps back an op reads, at least and at most.
func backwards(spec op.Spec) (least, most int) {
	switch s := spec.(type) {
	case op.Lag:
		return max(0, s.By), max(0, s.By)
	case op.Hold:
		return 0, s.Every - 1
	}
	if spec != nil && op.Whole(spec) {
		return 0, Unlimited
	}
	return 0, 0
}

// Now is the nodes among those that roots depend on that read inputs which is picks at
// their own time.
func Now(roots []*Node, is func(*Node) bool) (out []*Node) {
	through := leading(roots, is)
	memo := map[*Node]bool{}
	var reads func(n *Node) bool
	reads = func(n *Node) bool {
		n = n.Resolve()
		if got, seen := memo[n]; seen {
			return got
		}
		memo[n] = n.Source != nil && is(n)
		if back, _ := backwards(n.Spec); back > 0 || !through[n] {
			return memo[n]
		}
		for _, m := range n.In {
			if reads(m) {
				memo[n] = true
			}
		}
		return memo[n]
	}
	Visit(roots, func(n *Node) {
		if reads(n) {
			out = append(out, n)
		}
	})
	return out
}

// Reading is the nodes among those that roots depend on that depend on inputs which is
// picks, at any time, and these.
func Reading(roots []*Node, is func(*Node) bool) (out []*Node) {
	through := leading(roots, is)
	Visit(roots, func(n *Node) {
		if through[n] {
			out = append(out, n)
		}
	})
	return out
}
