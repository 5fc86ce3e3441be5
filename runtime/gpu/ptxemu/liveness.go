package ptxemu

import (
	"math/bits"
	"sort"
)

// A kernel of a few hundred lines names a register for every value it makes.
// Values that are never alive at once share a row, so that the rows of a warp
// stay in cache.

// bitset is a set of registers of a routine, by their numbers.
type bitset []uint64

func (b bitset) add(i int)      { b[i>>6] |= 1 << (i & 63) }
func (b bitset) drop(i int)     { b[i>>6] &^= 1 << (i & 63) }
func (b bitset) has(i int) bool { return b[i>>6]>>(i&63)&1 != 0 }

// stretch is a part of a routine that is run from start to end.
type stretch struct {
	from, to int // statements
	next     []int
	in, out  bitset // registers that are alive before and after
}

// liveness finds from where to where each register of a routine is alive.
type liveness struct {
	r        *routine
	number   map[*variable]int
	from, to []int   // statements, by register
	kill     [][]int // by statement: registers whose value before no longer counts
	read     [][]int // by statement: registers whose value before counts
	parts    []stretch
}

// lifetimes gives the registers of a routine with their first and last statement.
func lifetimes(r *routine) *liveness {
	l := &liveness{r: r, number: map[*variable]int{}}
	for i, s := range r.body {
		kill, read := s.registers()
		l.kill = append(l.kill, l.numbers(kill, i))
		l.read = append(l.read, l.numbers(read, i))
	}
	l.cut()
	l.flow()
	for _, p := range l.parts {
		for v := range l.from {
			if p.in.has(v) {
				l.extend(v, p.from)
			}
			if p.out.has(v) {
				l.extend(v, p.to-1)
			}
		}
	}
	return l
}

func (l *liveness) extend(v, at int) {
	l.from[v], l.to[v] = min(l.from[v], at), max(l.to[v], at)
}

// numbers gives the registers their numbers, and notes where they are named.
func (l *liveness) numbers(vs []*variable, at int) []int {
	var out []int
	for _, v := range vs {
		n, ok := l.number[v]
		if !ok {
			n = len(l.from)
			l.number[v] = n
			l.from, l.to = append(l.from, at), append(l.to, at)
		}
		l.extend(n, at)
		out = append(out, n)
	}
	return out
}

// registers lists those, but predicates, that an instruction writes and those it
// reads. One that is written by some threads alone keeps its value for others,
// and counts as read.
func (s *stmt) registers() (kill, read []*variable) {
	for i, a := range s.args {
		if i == 0 && !noResult[s.op] && s.guard == "" {
			kill = s.named(a)
		} else {
			read = append(read, s.named(a)...)
		}
	}
	return kill, read
}

func (s *stmt) named(arg string) []*variable {
	var out []*variable
	for _, w := range words(arg) {
		if v := s.scope.variable(w); v != nil && v.space == "reg" && v.kind.name != "pred" {
			out = append(out, v)
		}
	}
	return out
}

// noResult are the instructions whose first operand is read, if it is one.
var noResult = map[string]bool{"st": true, "red": true, "bra": true, "brx": true, "bar": true, "barrier": true, "call": true,
	"cp": true, "ret": true, "exit": true, "nanosleep": true, "membar": true, "fence": true, "prefetch": true, "prefetchu": true}

// jumps gives where a statement may go besides on, and whether it may go on.
func (s *stmt) jumps() (to []int, on bool) {
	on = s.guard != ""
	switch s.op {
	case "bra":
		if l := s.scope.label(s.args[0]); l != nil {
			to = append(to, l.at)
		}
	case "brx":
		if t := s.scope.label(s.args[len(s.args)-1]); t != nil {
			for _, name := range t.table {
				if l := s.scope.label(name); l != nil {
					to = append(to, l.at)
				}
			}
		}
	case "ret", "exit":
	default:
		on = true
	}
	return to, on
}

// cut splits the routine at jumps and where they lead.
func (l *liveness) cut() {
	n := len(l.r.body)
	starts := map[int]bool{0: true}
	for i, s := range l.r.body {
		to, on := s.jumps()
		for _, at := range to {
			starts[at] = true
		}
		if len(to) > 0 || !on {
			starts[i+1] = true
		}
	}
	var at []int
	for i := range starts {
		if i < n {
			at = append(at, i)
		}
	}
	sort.Ints(at)
	words := (len(l.from) + 63) / 64
	for k, from := range at {
		to := n
		if k+1 < len(at) {
			to = at[k+1]
		}
		p := stretch{from: from, to: to, in: make(bitset, words), out: make(bitset, words)}
		jumps, on := l.r.body[to-1].jumps()
		for _, j := range jumps {
			p.next = append(p.next, sort.SearchInts(at, j))
		}
		if on {
			p.next = append(p.next, k+1)
		}
		l.parts = append(l.parts, p)
	}
}

// flow carries what is alive backwards until nothing changes.
func (l *liveness) flow() {
	alive := make(bitset, (len(l.from)+63)/64)
	for changed := true; changed; {
		changed = false
		for k := len(l.parts) - 1; k >= 0; k-- {
			p := &l.parts[k]
			for _, next := range p.next {
				if next < len(l.parts) {
					for i, w := range l.parts[next].in {
						p.out[i] |= w
					}
				}
			}
			copy(alive, p.out)
			for i := p.to - 1; i >= p.from; i-- {
				for _, v := range l.kill[i] {
					alive.drop(v)
				}
				for _, v := range l.read[i] {
					alive.add(v)
				}
			}
			for i, w := range alive {
				changed = changed || bits.OnesCount64(w&^p.in[i]) > 0
				p.in[i] |= w
			}
		}
	}
}
