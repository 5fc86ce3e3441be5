package ptxemu

import (
	"math/bits"
)

// together runs an instruction for lanes of a warp that take part at once. who
// is the row of their mask, which may differ between groups of lanes; those that
// come early wait for the others of their group.
func together(who int, run exec) exec {
	return func(w *warp, m uint32) {
		for m != 0 {
			group := w.alike(&w.r[who], m, bits.TrailingZeros32(m)&31)
			w.gather(group, uint32(w.r[who][bits.TrailingZeros32(m)&31]), run)
			m &^= group
		}
	}
}

// gather runs an instruction for the lanes of a mask, if all are here.
func (w *warp) gather(m, mask uint32, run exec) {
	if stray := m &^ mask; stray != 0 {
		i := bits.TrailingZeros32(stray)
		w.fail(i, "lane %d is not among those of its mask %#x", i, mask)
	}
	need := mask & w.alive
	if m != need {
		m |= w.waiting() & mask
		if m != need {
			w.linger(m)
			return
		}
		w.rejoin(m)
	}
	run(w, m)
}

// waiting gives the lanes that already wait at this instruction.
func (w *warp) waiting() (out uint32) {
	for m := w.synced; m != 0; m &= m - 1 {
		if i := bits.TrailingZeros32(m) & 31; w.at[i] == w.pc-1 {
			out |= 1 << i
		}
	}
	return out
}

// linger makes lanes wait at this instruction for others.
func (w *warp) linger(m uint32) {
	w.synced |= m
	w.active &^= m
	for ; m != 0; m &= m - 1 {
		w.at[bits.TrailingZeros32(m)&31] = w.pc - 1
	}
}

// rejoin makes lanes active that have waited here.
func (w *warp) rejoin(m uint32) {
	w.synced &^= m
	w.active |= m
}

// bindShuffle makes shfl: lanes read each other's registers.
func bindShuffle(b *binding) exec {
	mode := b.one("up", "down", "bfly", "idx")
	if !b.has("sync") || mode == "" {
		b.refuse("unknown shuffle")
	}
	b.count(5)
	k := b.kind()
	to := split(b.s.args[0], '|')
	p := -1
	if len(to) > 1 {
		p = b.predicate(to[1])
	}
	u32 := kinds["u32"]
	d, x := b.dst(to[0], 4), b.src(b.s.args[1], k)
	lane, clamp, who := b.src(b.s.args[2], u32), b.src(b.s.args[3], u32), b.src(b.s.args[4], u32)
	return together(who, func(w *warp, m uint32) {
		from := w.r[x]
		for k := m; k != 0; k &= k - 1 {
			i := bits.TrailingZeros32(k) & 31
			j, ok := partner(mode, i, int(w.r[lane][i]&31), int(w.r[clamp][i]))
			if ok && m>>j&1 == 0 {
				w.fail(i, "lane %d reads from lane %d, which takes no part", i, j)
			}
			w.r[d][i] = from[j]
			if p >= 0 {
				w.set(p, 1<<i, uint32(truth(ok))<<i)
			}
		}
	})
}

// partner is the lane that lane i reads, and whether it lies in its segment: if
// not, it reads its own (PTX ISA, shfl.sync).
func partner(mode string, i, by, c int) (j int, ok bool) {
	clamp, seg := c&31, c>>8&31
	most, least := i&seg|clamp&^seg, i&seg
	switch mode {
	case "up":
		j = i - by
		ok = j >= most
	case "down":
		j = i + by
		ok = j <= most
	case "bfly":
		j = i ^ by
		ok = j <= most
	case "idx":
		j = least | by&^seg
		ok = j <= most
	}
	if !ok {
		j = i
	}
	return j, ok
}

// bindVote makes vote.sync: what the predicates of lanes have in common.
func bindVote(b *binding) exec {
	mode := b.one("all", "any", "uni", "ballot")
	if !b.has("sync") || mode == "" {
		b.refuse("unknown vote")
	}
	b.count(3)
	k := b.kind()
	who, p := b.src(b.s.args[2], kinds["u32"]), b.condition(b.s.args[1])
	if mode == "ballot" {
		d := b.dst(b.s.args[0], k.size)
		return together(who, func(w *warp, m uint32) { w.spread(d, m, uint64(p(w)&m)) })
	}
	d := b.predicate(b.s.args[0])
	return together(who, func(w *warp, m uint32) {
		yes := p(w) & m
		is := yes == m && mode != "any" || yes != 0 && mode == "any" || yes == 0 && mode == "uni"
		w.set(d, m, -uint32(truth(is)))
	})
}

// spread writes one number to the lanes of m.
func (w *warp) spread(d int, m uint32, v uint64) {
	for ; m != 0; m &= m - 1 {
		w.r[d][bits.TrailingZeros32(m)&31] = v
	}
}

func bindActive(b *binding) exec {
	b.count(1)
	b.kind()
	d := b.dst(b.s.args[0], 4)
	return func(w *warp, m uint32) { w.spread(d, m, uint64(w.active)) }
}

// bindElect makes elect.sync: the first of the lanes is chosen.
func bindElect(b *binding) exec {
	b.count(2)
	b.skip("sync")
	to := split(b.s.args[0], '|')
	if len(to) != 2 {
		b.refuse("it writes a register and a predicate")
	}
	d, p := b.dst(to[0], 4), b.predicate(to[1])
	return together(b.src(b.s.args[1], kinds["u32"]), func(w *warp, m uint32) {
		first := bits.TrailingZeros32(m)
		w.spread(d, m, uint64(first))
		w.set(p, m, 1<<first)
	})
}

// bindRedux makes redux.sync: one number out of those of all lanes.
func bindRedux(b *binding) exec {
	op := b.one("add", "min", "max", "and", "or", "xor")
	b.skip("sync")
	b.count(3)
	k := b.kind()
	if op == "" || k.float {
		b.refuse("unknown reduction")
	}
	f := b.update(op, k)
	d, x, who := b.dst(b.s.args[0], 4), b.src(b.s.args[1], k), b.src(b.s.args[2], kinds["u32"])
	return together(who, func(w *warp, m uint32) {
		first := bits.TrailingZeros32(m) & 31
		v := w.r[x][first]
		for k := m & (m - 1); k != 0; k &= k - 1 {
			v = f(v, w.r[x][bits.TrailingZeros32(k)&31])
		}
		w.spread(d, m, v)
	})
}

// bindMatch makes match.any.sync and match.all.sync: lanes with the same value.
func bindMatch(b *binding) exec {
	mode := b.one("any", "all")
	b.skip("sync")
	b.count(3)
	k := b.kind()
	to := split(b.s.args[0], '|')
	d, x, who := b.dst(to[0], 4), b.src(b.s.args[1], k), b.src(b.s.args[2], kinds["u32"])
	p := -1
	if len(to) > 1 {
		p = b.predicate(to[1])
	}
	return together(who, func(w *warp, m uint32) {
		values := w.r[x]
		for k := m; k != 0; k &= k - 1 {
			i := bits.TrailingZeros32(k) & 31
			same := w.alike(&values, m, i)
			if mode == "all" && same != m {
				same = 0
			}
			w.r[d][i] = uint64(same)
			if p >= 0 {
				w.set(p, 1<<i, -uint32(truth(same != 0)))
			}
		}
	})
}

// alike gives the lanes of m that hold what lane i holds.
func (w *warp) alike(values *row, m uint32, i int) (out uint32) {
	for ; m != 0; m &= m - 1 {
		if j := bits.TrailingZeros32(m) & 31; values[j] == values[i] {
			out |= 1 << j
		}
	}
	return out
}
