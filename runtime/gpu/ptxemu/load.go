package ptxemu

import (
	"math/bits"
	"unsafe"
)

type word interface {
	uint8 | uint16 | uint32 | uint64 | int8 | int16 | int32 | int64
}

// hints say how memory is cached or ordered; all is in order here.
func (b *binding) hints() (looks bool) {
	for i, m := range b.s.mods {
		switch m {
		case "volatile", "relaxed", "acquire", "acq_rel", "mmio":
			looks = true
		case "release", "weak", "nc", "ca", "cg", "cs", "lu", "cv", "wb", "wt", "cta", "gpu", "sys", "cluster",
			"unified", "noftz", "L1::no_allocate", "L1::evict_last", "L1::evict_first", "L1::evict_normal",
			"L1::evict_unchanged", "L2::64B", "L2::128B", "L2::256B":
		default:
			continue
		}
		b.used[i] = true
	}
	return looks
}

// vector reads .v2 or .v4 and checks that an operand has as many elements.
func (b *binding) vector(arg string) int {
	n := map[string]int{"": 1, "v2": 2, "v4": 4, "v8": 8}[b.one("v2", "v4", "v8")]
	if len(elements(arg)) != n {
		b.refuse("%s has %d elements; the instruction has %d", arg, len(elements(arg)), n)
	}
	return n
}

// stored gives the type of what lies in memory.
func (b *binding) stored() kind {
	k := b.kind()
	if k.size == 0 || k.size > 8 {
		b.refuse("memory of type %s is not known here", k.name)
	}
	return k
}

// bindLoad makes ld. A load that looks for what others write lets them run.
func bindLoad(b *binding) exec {
	b.count(2)
	space, remote := b.space()
	looks := b.hints()
	n := b.vector(b.s.args[0])
	k := b.stored()
	at := b.address(b.s.args[1], space, remote)
	to := b.s.args[0]
	keep := ^uint64(0)
	for _, e := range elements(to) {
		if e != "_" {
			keep = b.register(e).kind.mask()
		}
	}
	d := b.targets(to, k.size)
	run := loadKind(k, d, at, uint64(n*k.size), keep)
	if !looks {
		return run
	}
	return func(w *warp, m uint32) {
		run(w, m)
		w.poll()
	}
}

func loadKind(k kind, d []int, at *place, n, keep uint64) exec {
	switch {
	case k.signed && k.size == 1:
		return load[int8](d, at, n, keep)
	case k.signed && k.size == 2:
		return load[int16](d, at, n, keep)
	case k.signed && k.size == 4:
		return load[int32](d, at, n, keep)
	case k.size == 1:
		return load[uint8](d, at, n, keep)
	case k.size == 2:
		return load[uint16](d, at, n, keep)
	case k.size == 4:
		return load[uint32](d, at, n, keep)
	}
	return load[uint64](d, at, n, keep)
}

// load reads len(d) numbers of type T, n bytes in all, a lane after another.
func load[T word](d []int, at *place, n, keep uint64) exec {
	return func(w *warp, m uint32) {
		address, to := &w.r[at.row], &w.r[d[0]]
		s := w.start(at)
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			a := (address[i] + at.off) & at.wrap
			var q unsafe.Pointer
			if off := a - s.lo; off < s.hi-s.lo && n <= s.hi-a { // s.at, which is not inlined here
				q = unsafe.Add(s.base, off)
			} else {
				q, s = w.reach(at, i, a, n)
			}
			if a&(n-1) != 0 {
				w.misaligned(i, a, n)
			}
			if len(d) == 1 {
				to[i] = uint64(*(*T)(q)) & keep
				continue
			}
			var t T
			for e, r := range d {
				w.r[r][i] = uint64(*(*T)(unsafe.Add(q, e*int(unsafe.Sizeof(t))))) & keep
			}
		}
	}
}

// bindStore makes st.
func bindStore(b *binding) exec {
	b.count(2)
	space, remote := b.space()
	b.hints()
	n := b.vector(b.s.args[1])
	k := b.stored()
	at := b.address(b.s.args[0], space, remote)
	from := b.sources(b.s.args[1], k)
	own := at.space == "local"
	run := storeKind(k, from, at, uint64(n*k.size))
	if own {
		return run
	}
	return func(w *warp, m uint32) {
		run(w, m)
		w.b.g.changes++
	}
}

func storeKind(k kind, from []int, at *place, n uint64) exec {
	switch k.size {
	case 1:
		return store[uint8](from, at, n)
	case 2:
		return store[uint16](from, at, n)
	case 4:
		return store[uint32](from, at, n)
	}
	return store[uint64](from, at, n)
}

// store writes len(from) numbers of type T, n bytes in all.
func store[T word](from []int, at *place, n uint64) exec {
	return func(w *warp, m uint32) {
		address, x := &w.r[at.row], &w.r[from[0]]
		s := w.start(at)
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			a := (address[i] + at.off) & at.wrap
			var q unsafe.Pointer
			if off := a - s.lo; off < s.hi-s.lo && n <= s.hi-a { // s.at, which is not inlined here
				q = unsafe.Add(s.base, off)
			} else {
				q, s = w.reach(at, i, a, n)
			}
			if a&(n-1) != 0 {
				w.misaligned(i, a, n)
			}
			if len(from) == 1 {
				*(*T)(q) = T(x[i])
				continue
			}
			var t T
			for e, r := range from {
				*(*T)(unsafe.Add(q, e*int(unsafe.Sizeof(t)))) = T(w.r[r][i])
			}
		}
	}
}
