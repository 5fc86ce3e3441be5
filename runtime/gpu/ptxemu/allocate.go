package ptxemu

import "sort"

// allocate gives the registers of a routine rows from first on: each one that no
// other register needs while it is alive (linear scan, Poletto and Sarkar 1999).
// It returns the row after the last.
func allocate(r *routine, first int, place map[*variable]uint64) int {
	l := lifetimes(r)
	order := make([]*variable, 0, len(l.number))
	for v := range l.number {
		order = append(order, v)
	}
	sort.Slice(order, func(i, j int) bool {
		a, b := l.number[order[i]], l.number[order[j]]
		return l.from[a] < l.from[b] || l.from[a] == l.from[b] && a < b
	})
	var until []int // the last statement for which each row is taken
	for _, v := range order {
		n := l.number[v]
		row := 0
		for row < len(until) && until[row] >= l.from[n] {
			row++
		}
		if row == len(until) {
			until = append(until, 0)
		}
		until[row] = l.to[n]
		place[v] = uint64(first + row)
	}
	return first + len(until)
}
