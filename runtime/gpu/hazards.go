package gpu

import (
	"cmp"
	"slices"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/schedule"
)

// A span is columns [lo,hi) of an array that owns its memory.
type span struct {
	root   *schedule.Array
	lo, hi int
}

// spanOf is the columns that a view may touch.
func spanOf(v view) span {
	a, off := v.Array, v.off
	hi := a.Shape.Cols
	for a.Kind == schedule.View {
		off, hi = off+a.At, hi+a.At
		a = a.Of
	}
	if v.flat {
		return span{a, 0, a.Shape.Rows * a.Shape.Cols}
	}
	return span{a, off, hi}
}

// meets reports whether two spans share columns. An array that is the same as
// another where K is one meets that.
func (s span) meets(t span) bool {
	if s.root != t.root {
		return same(s.root, t.root) || same(t.root, s.root)
	}
	return s.lo < t.hi && t.lo < s.hi
}

func same(a, b *schedule.Array) bool {
	return a.Kind == schedule.Same && spanOf(whole(a.Of)).root == b
}

// An access is the memory that an instr reads and writes.
type access struct{ reads, writes []span }

func accessOf(i instr) access {
	var a access
	for k, v := range i.a {
		if v.Array == nil {
			continue
		}
		if k == 0 || i.code == kernels.MVNormalBack && k == 1 || scratched(i.code, k) {
			a.writes = append(a.writes, spanOf(v))
		} else {
			a.reads = append(a.reads, spanOf(v))
		}
	}
	for k, v := range i.more {
		if k >= len(i.more)-i.results {
			a.writes = append(a.writes, spanOf(v))
		} else {
			a.reads = append(a.reads, spanOf(v))
		}
	}
	return a
}

// scratched reports whether array k is memory to work in.
func scratched(c kernels.Code, k int) bool {
	switch c {
	case kernels.Inverse:
		return k == 2
	case kernels.CholeskyBack, kernels.InverseBack:
		return k == 3
	case kernels.MVNormal:
		return k == 4
	case kernels.MVNormalBack:
		return k == 6
	}
	return false
}

// conflicts reports whether b must wait for a.
func (b access) conflicts(a access) bool {
	return meet(b.reads, a.writes) || meet(b.writes, a.writes) || meet(b.writes, a.reads)
}

func meet(a, b []span) bool {
	for _, s := range a {
		if slices.ContainsFunc(b, s.meets) {
			return true
		}
	}
	return false
}

// arrange puts the body of a loop into an order with few barriers: first what waits
// for nothing, then what waits for that, and so on. The kernel has a barrier at the
// end of each time.
func arrange(l *loop) *loop {
	n := len(l.body)
	all, level := make([]access, n), make([]int, n)
	for i, in := range l.body {
		all[i] = accessOf(in)
		for j := range i {
			if all[i].conflicts(all[j]) {
				level[i] = max(level[i], level[j]+1)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(level[a], level[b]) })
	sorted := &loop{rev: l.rev, frames: l.frames, sync: make([]bool, n)}
	for k, i := range order {
		sorted.body = append(sorted.body, l.body[i])
		sorted.sync[k] = k+1 < n && level[order[k+1]] != level[i]
	}
	return sorted
}
