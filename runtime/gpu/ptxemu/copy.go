package ptxemu

import (
	"math/bits"
	"unsafe"
)

// copying is a copy from global to shared memory that a lane has asked for. It
// is done no sooner than the lane waits for it: who does not wait sees poison.
type copying struct {
	lane  int
	group int
	to    unsafe.Pointer
	data  [16]byte
	n     int
}

// bindCopy makes cp.async and what waits for it.
func bindCopy(b *binding) exec {
	if !b.has("async") {
		b.refuse("only cp.async is known here")
	}
	switch b.one("commit_group", "wait_group", "wait_all") {
	case "commit_group":
		b.count(0)
		return func(w *warp, m uint32) {
			for ; m != 0; m &= m - 1 {
				w.commits[bits.TrailingZeros32(m)&31]++
			}
		}
	case "wait_group":
		b.count(1)
		n, err := literal(b.s.args[0], kinds["u32"])
		if err != nil {
			b.refuse("%v", err)
		}
		return func(w *warp, m uint32) { w.land(m, int(n)) }
	case "wait_all":
		b.count(0)
		return func(w *warp, m uint32) { w.land(m, -1) }
	}
	return asyncCopy(b)
}

func asyncCopy(b *binding) exec {
	b.hints()
	if !b.has("shared") && !b.has("shared::cta") || !b.has("global") {
		b.refuse("copies go from global to shared memory")
	}
	b.count(3, 4)
	size, err := literal(b.s.args[2], kinds["u32"])
	if err != nil || size != 4 && size != 8 && size != 16 {
		b.refuse("copies have 4, 8 or 16 bytes")
	}
	to, from := b.address(b.s.args[0], "shared", false), b.address(b.s.args[1], "global", false)
	take := b.constant(size)
	if len(b.s.args) == 4 {
		take = b.src(b.s.args[3], kinds["u32"])
	}
	return func(w *warp, m uint32) {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			c := copying{lane: i, group: w.commits[i], to: w.cell(to, i, size), n: int(size)}
			if n := min(w.r[take][i], size); n > 0 {
				copy(c.data[:n], unsafe.Slice((*byte)(w.cell(from, i, size)), n))
			}
			w.copies = append(w.copies, c)
		}
	}
}

// land does the copies of lanes m, but those of the last groups; with -1, also
// those of no group yet.
func (w *warp) land(m uint32, but int) {
	if len(w.copies) == 0 {
		return
	}
	kept := w.copies[:0]
	for _, c := range w.copies {
		if m>>c.lane&1 == 0 || c.group >= w.commits[c.lane]-but {
			kept = append(kept, c)
			continue
		}
		copy(unsafe.Slice((*byte)(c.to), c.n), c.data[:c.n])
		w.b.g.changes++
	}
	w.copies = kept
}
