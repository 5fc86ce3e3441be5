package ptxemu

// special gives a register that PTX defines, for one thread. Those whose value
// changes while a kernel runs are read by mov alone (clocks).
type special func(w *warp, lane int) uint64

var specials = makeSpecials()

func makeSpecials() map[string]special {
	all := map[string]special{
		"%laneid":              func(_ *warp, i int) uint64 { return uint64(i) },
		"%warpid":              func(w *warp, _ int) uint64 { return uint64(w.first / lanes) },
		"%nwarpid":             func(w *warp, _ int) uint64 { return uint64(len(w.b.warps)) },
		"%smid":                func(*warp, int) uint64 { return 0 },
		"%nsmid":               func(*warp, int) uint64 { return 1 },
		"%gridid":              func(*warp, int) uint64 { return 1 },
		"%lanemask_eq":         func(_ *warp, i int) uint64 { return 1 << i },
		"%lanemask_lt":         func(_ *warp, i int) uint64 { return 1<<i - 1 },
		"%lanemask_le":         func(_ *warp, i int) uint64 { return 2<<i - 1 },
		"%lanemask_gt":         func(_ *warp, i int) uint64 { return uint64(full) &^ (2<<i - 1) },
		"%lanemask_ge":         func(_ *warp, i int) uint64 { return uint64(full) &^ (1<<i - 1) },
		"%cluster_ctarank":     func(w *warp, _ int) uint64 { return uint64(w.b.rank) },
		"%cluster_nctarank":    func(w *warp, _ int) uint64 { c := w.b.cluster(); return uint64(c[0] * c[1] * c[2]) },
		"%dynamic_smem_size":   func(w *warp, _ int) uint64 { return uint64(w.b.g.dynamic) },
		"%total_smem_size":     func(w *warp, _ int) uint64 { return uint64(len(w.b.shared)) },
		"%is_explicit_cluster": func(w *warp, _ int) uint64 { return uint64(min(w.b.g.f.Cluster[0], 1)) },
	}
	for axis, letter := range []string{".x", ".y", ".z"} {
		addAxis(all, axis, letter)
	}
	return all
}

func addAxis(all map[string]special, axis int, letter string) {
	add := func(name string, f func(w *warp, i int) int) {
		all[name+letter] = func(w *warp, i int) uint64 { return uint64(uint32(f(w, i))) }
	}
	add("%tid", func(w *warp, i int) int { return split3(w.first+i, w.b.g.block)[axis] })
	add("%ntid", func(w *warp, _ int) int { return w.b.g.block[axis] })
	add("%ctaid", func(w *warp, _ int) int { return w.b.id[axis] })
	add("%nctaid", func(w *warp, _ int) int { return w.b.g.dim[axis] })
	add("%clusterid", func(w *warp, _ int) int { return w.b.id[axis] / w.b.cluster()[axis] })
	add("%nclusterid", func(w *warp, _ int) int { return w.b.g.dim[axis] / w.b.cluster()[axis] })
	add("%cluster_ctaid", func(w *warp, _ int) int { return w.b.id[axis] % w.b.cluster()[axis] })
	add("%cluster_nctaid", func(w *warp, _ int) int { return w.b.cluster()[axis] })
}

// cluster is the size of the cluster the block is in: one block, if none.
func (b *block) cluster() [3]int {
	if b.team == nil {
		return [3]int{1, 1, 1}
	}
	return b.team.dim
}

// fillSpecials writes the special registers that the kernel reads.
func (b *block) fillSpecials() {
	f := b.g.f
	for _, s := range f.specials {
		for _, w := range b.warps {
			r := &w.r[s.row]
			for i := range r {
				r[i] = s.read(w, i)
			}
		}
	}
}

// clocks are special registers that go on while a kernel runs: they count
// instructions.
var clocks = map[string]bool{"%clock": true, "%clock64": true, "%clock_hi": true, "%globaltimer": true, "%globaltimer_lo": true}
