package ptxemu

import "math/bits"

// bindBarrier makes bar.sync and its kin: of a block, a warp, or a cluster.
func bindBarrier(b *binding) exec {
	b.skip("cta")
	switch {
	case b.has("cluster"):
		return bindClusterBarrier(b)
	case b.has("warp"):
		return bindWarpBarrier(b)
	case b.has("red"):
		return bindBarrierReduce(b)
	}
	wait := b.one("sync", "arrive")
	together := b.s.op == "bar" || b.has("aligned")
	b.skip("aligned")
	b.count(1, 2)
	id, need := b.src(b.s.args[0], kinds["u32"]), b.constant(0)
	if len(b.s.args) == 2 {
		need = b.src(b.s.args[1], kinds["u32"])
	}
	return func(w *warp, m uint32) {
		i := bits.TrailingZeros32(m) & 31
		bar, n := w.r[id][i], int(w.r[need][i])
		if bar > 15 {
			w.fail(i, "there are sixteen barriers, and no %d", bar)
		}
		if wait == "sync" {
			w.waitAt(m, int(bar), together)
		}
		w.b.arrive(int(bar), w.arrivals(m, n), n)
	}
}

// arrivals counts lanes; where a barrier has a count, a warp counts whole.
func (w *warp) arrivals(m uint32, need int) int {
	if need != 0 && m == w.alive {
		return lanes
	}
	return bits.OnesCount32(m)
}

// waitAt makes lanes wait at a barrier of the block. If the instruction is one
// for whole warps, its lanes must be at one place.
func (w *warp) waitAt(m uint32, id int, together bool) {
	for k := w.barred; k != 0 && together; k &= k - 1 {
		if i := bits.TrailingZeros32(k) & 31; w.bar[i] == uint8(id) && w.at[i] != w.pc {
			w.fail(i, "lanes of one warp wait at barrier %d in different places", id)
		}
	}
	w.barred |= m
	w.active &^= m
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m) & 31
		w.at[i], w.bar[i] = w.pc, uint8(id)
	}
}

// reduction is where bar.red puts what it found, for the lanes of a warp.
type reduction struct {
	w    *warp
	m    uint32
	row  int // or a predicate
	what string
}

// bindBarrierReduce makes bar.red: a barrier that counts, or joins, predicates.
func bindBarrierReduce(b *binding) exec {
	what := b.one("popc", "and", "or")
	b.skip("aligned", "sync")
	k := b.kind()
	if what == "" || len(b.s.args) != 3 {
		b.refuse("unknown barrier")
	}
	row := 0
	if k.name == "pred" {
		row = b.predicate(b.s.args[0])
	} else {
		row = b.dst(b.s.args[0], 4)
	}
	id, p := b.src(b.s.args[1], kinds["u32"]), b.condition(b.s.args[2])
	return func(w *warp, m uint32) {
		n := int(w.r[id][bits.TrailingZeros32(m)&31] & 15)
		bar, yes := &w.b.bars[n], p(w)&m
		bar.count += bits.OnesCount32(yes)
		bar.or = bar.or || yes != 0
		bar.and = bar.and && yes == m
		bar.result = append(bar.result, reduction{w, m, row, what})
		w.waitAt(m, n, true)
		w.b.arrive(n, bits.OnesCount32(m), 0)
	}
}

func (r reduction) finish(bar *barrier) {
	switch r.what {
	case "popc":
		for m := r.m; m != 0; m &= m - 1 {
			r.w.r[r.row][bits.TrailingZeros32(m)&31] = uint64(bar.count)
		}
	case "and":
		r.w.set(r.row, r.m, -uint32(truth(bar.and)))
	case "or":
		r.w.set(r.row, r.m, -uint32(truth(bar.or)))
	}
}

// bindWarpBarrier makes bar.warp.sync: lanes of a warp wait for each other,
// wherever they are.
func bindWarpBarrier(b *binding) exec {
	b.count(1)
	b.skip("sync")
	who := b.src(b.s.args[0], kinds["b32"])
	return func(w *warp, m uint32) {
		need := uint32(w.r[who][bits.TrailingZeros32(m)&31]) & w.alive
		if m&need == need {
			return
		}
		w.synced |= m
		w.active &^= m
		for k := m; k != 0; k &= k - 1 {
			w.at[bits.TrailingZeros32(k)&31] = w.pc - 1 // the barrier, to look again
		}
		if w.atWarpBarrier()&need == need {
			w.openWarpBarrier(need)
		}
	}
}

// atWarpBarrier gives the lanes that wait at a barrier of the warp.
func (w *warp) atWarpBarrier() (out uint32) {
	for m := w.synced; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m) & 31
		if w.b.g.f.code[w.at[i]].s.op == "bar" {
			out |= 1 << i
		}
	}
	return out
}

func (w *warp) openWarpBarrier(m uint32) {
	w.synced &^= m
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m) & 31
		w.park(1<<i, w.at[i]+1)
	}
	w.b.g.changes++
}

// bindClusterBarrier makes barrier.cluster.arrive and .wait.
func bindClusterBarrier(b *binding) exec {
	b.count(0)
	b.skip("aligned", "acquire", "release", "relaxed")
	if b.one("arrive", "wait") == "arrive" {
		return func(w *warp, m uint32) { w.clusterArrive(m) }
	}
	return func(w *warp, m uint32) { w.clusterWait(m) }
}

func (w *warp) clusterArrive(m uint32) {
	t := w.team(m)
	for k := m; k != 0; k &= k - 1 {
		w.phase[bits.TrailingZeros32(k)&31] = t.phase
	}
	t.arrived += bits.OnesCount32(m)
	w.b.g.changes++
	t.tryOpen()
}

// team gives the cluster; a block that is in none is alone in its own.
func (w *warp) team(m uint32) *team {
	if w.b.team == nil {
		w.b.team = &team{dim: [3]int{1, 1, 1}, blocks: []*block{w.b}}
	}
	return w.b.team
}

func (w *warp) clusterWait(m uint32) {
	t := w.team(m)
	for ; m != 0; m &= m - 1 {
		i := bits.TrailingZeros32(m) & 31
		if w.phase[i] == t.phase {
			w.gate |= 1 << i
			w.active &^= 1 << i
			w.at[i] = w.pc
		}
	}
}

// tryOpen lets the cluster go on when all its threads have arrived.
func (t *team) tryOpen() {
	if t.arrived < t.left() || t.arrived == 0 {
		return
	}
	t.arrived = 0
	t.phase++
	for _, b := range t.blocks {
		b.g.changes++
		for _, w := range b.warps {
			for m := w.gate; m != 0; m &= m - 1 {
				i := bits.TrailingZeros32(m) & 31
				w.park(1<<i, w.at[i])
			}
			w.gate = 0
		}
	}
}

// bindSleep makes nanosleep: others take a turn.
func bindSleep(b *binding) exec {
	b.count(1)
	b.kind()
	return func(w *warp, _ uint32) { w.polls = pollsEach; w.fuel = 0 }
}
