package ptxemu

import (
	"math/bits"
	"strings"
)

// bindBranch makes bra.
func bindBranch(b *binding) exec {
	b.count(1)
	b.skip("uni")
	to := b.jump(b.s.args[0])
	return func(w *warp, m uint32) { w.branch(m, to) }
}

// jump is the place of a label.
func (b *binding) jump(name string) int {
	l := b.s.scope.label(name)
	if l == nil {
		b.refuse("there is no label %s", name)
	}
	return b.entry[b.r] + l.at
}

// bindIndexed makes brx.idx: a jump to one of the labels of a table.
func bindIndexed(b *binding) exec {
	b.count(2)
	b.skip("uni")
	if !b.has("idx") {
		b.refuse("only brx.idx is known here")
	}
	table := b.s.scope.label(b.s.args[1])
	if table == nil || table.table == nil {
		b.refuse("there is no table %s", b.s.args[1])
	}
	var to []int
	for _, name := range table.table {
		to = append(to, b.jump(name))
	}
	x := b.src(b.s.args[0], kinds["u32"])
	return func(w *warp, m uint32) {
		w.scatter(m, func(i int) int {
			k := w.r[x][i]
			if k >= uint64(len(to)) {
				w.fail(i, "label %d of a table of %d", k, len(to))
			}
			return to[k]
		})
	}
}

// scatter sends each lane of m to a place of its own.
func (w *warp) scatter(m uint32, to func(i int) int) {
	w.active &^= m
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m) & 31
		w.park(1<<i, to(i))
	}
	if w.active == 0 {
		w.resume(0)
	}
}

// bindReturn makes ret: back to the caller, or the end of the thread.
func bindReturn(b *binding) exec {
	b.count(0)
	b.skip("uni")
	if b.r.kernel {
		return bindExit(b)
	}
	back := b.back[b.r]
	return func(w *warp, m uint32) {
		first := w.r[back][bits.TrailingZeros32(m)&31]
		for i := range w.r[back] {
			if m>>i&1 != 0 && w.r[back][i] != first {
				w.scatter(m, func(i int) int { return int(w.r[back][i]) })
				return
			}
		}
		w.branch(m, int(first))
	}
}

func bindExit(b *binding) exec {
	b.count(0)
	return func(w *warp, m uint32) { w.exit(m) }
}

func bindTrap(b *binding) exec {
	return func(w *warp, m uint32) { w.fail(bits.TrailingZeros32(m), "the kernel stops itself") }
}

func bindNothing(b *binding) exec {
	for i := range b.used {
		b.used[i] = true
	}
	return func(*warp, uint32) {}
}

// callee is the name of the function that a call names.
func (s *stmt) callee() string {
	for _, a := range s.args {
		if !strings.HasPrefix(a, "(") {
			return a
		}
	}
	return ""
}

// passing copies parameters, which lie in the memory of each thread.
type passing struct{ from, to, size int }

// bindCall makes call. Arguments are copied before, results when it is back:
// the caller reads them from where the function has put them.
func bindCall(b *binding) exec {
	b.skip("uni")
	callee := b.p.routines[b.s.callee()]
	results, args := b.lists()
	if len(args) != len(callee.params) || len(results) != len(callee.results) {
		b.refuse("%s has %d parameters and %d results", callee.name, len(callee.params), len(callee.results))
	}
	var give []passing
	for k, a := range args {
		give = append(give, b.pass(a, callee.params[k]))
	}
	for k, r := range results {
		v := b.param(r)
		b.place[v] = b.place[callee.results[k]]
	}
	to, back, here := b.entry[callee], b.back[callee], len(b.f.code)+1
	return func(w *warp, m uint32) {
		for k := m; k != 0; k &= k - 1 {
			i := bits.TrailingZeros32(k) & 31
			own := w.l[i*w.b.g.f.localBytes:]
			for _, p := range give {
				copy(own[p.to:p.to+p.size], own[p.from:p.from+p.size])
			}
			w.r[back][i] = uint64(here)
		}
		w.branch(m, to)
	}
}

// lists gives the names in the parentheses before and after the callee.
func (b *binding) lists() (results, args []string) {
	before := true
	for _, a := range b.s.args {
		inner, ok := strings.CutPrefix(a, "(")
		switch inner = strings.TrimSpace(strings.TrimSuffix(inner, ")")); {
		case !ok:
			before = false
		case inner == "":
		case before:
			results = splitArgs(inner)
		default:
			args = splitArgs(inner)
		}
	}
	return results, args
}

func (b *binding) param(name string) *variable {
	v := b.s.scope.variable(name)
	if v == nil || v.space != "param" {
		b.refuse("%s is no .param", name)
	}
	return v
}

func (b *binding) pass(name string, to *variable) passing {
	from := b.param(name)
	if from.size != to.size {
		b.refuse("%s has %d bytes, the parameter %s %d", name, from.size, to.name, to.size)
	}
	return passing{int(b.place[from]), int(b.place[to]), to.size}
}

// team is a cluster: blocks that share their memory and a barrier.
type team struct {
	dim     [3]int
	blocks  []*block
	arrived int
	phase   int
}

// left counts the threads of the cluster that have not ended.
func (t *team) left() int {
	n := 0
	for _, b := range t.blocks {
		n += b.left
	}
	return n
}

// bindMapa makes mapa: a shared address in another block of the cluster.
func bindMapa(b *binding) exec {
	b.count(3)
	shared := b.one("shared::cluster", "shared") != ""
	k := b.kind()
	d, x, rank := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], kinds["u32"])
	if !shared && k.size != 8 {
		b.refuse("generic addresses have 64 bits")
	}
	return lanes2(d, x, rank, func(x, rank uint64) uint64 { return x&^rankMask | (rank+1)<<rankShift&rankMask })
}

// bindRank makes getctarank: the block of the cluster of a shared address.
func bindRank(b *binding) exec {
	b.count(2)
	b.skip("shared::cluster", "shared")
	k := b.kind()
	d, x := b.dst(b.s.args[0], 4), b.src(b.s.args[1], k)
	return func(w *warp, m uint32) {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			rank := w.r[x][i] & rankMask >> rankShift
			if rank == 0 {
				rank = uint64(w.b.rank) + 1
			}
			w.r[d][i] = rank - 1
		}
	}
}
