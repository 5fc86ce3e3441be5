package ptxemu

import (
	"math/bits"
	"unsafe"
)

// bindAtom makes atom and red: memory is read, changed and written by one lane
// after another.
func bindAtom(b *binding) exec {
	reduce := b.s.op == "red"
	space, remote := b.space()
	b.hints()
	op := b.one("add", "min", "max", "inc", "dec", "exch", "cas", "and", "or", "xor")
	n := map[string]int{"": 1, "v2": 2, "v4": 4}[b.one("v2", "v4")]
	k := b.kind()
	if op == "" || k.size != 4 && k.size != 8 || k.float && k.name != "f32" && k.name != "f64" {
		b.refuse("unknown atomic operation")
	}
	args := b.s.args
	d := make([]int, n)
	if reduce {
		args = append([]string{"_"}, args...)
		for i := range d {
			d[i] = b.sink
		}
	} else {
		d = b.targets(args[0], k.size)
	}
	if len(args) < 3 || op == "cas" != (len(args) == 4) {
		b.refuse("%d operands", len(b.s.args))
	}
	at := b.address(args[1], space, remote)
	x := b.sources(args[2], k)
	if len(d) != n || len(x) != n {
		b.refuse("it has %d elements", n)
	}
	if op == "cas" {
		return atomicSwap(k, d[0], at, x[0], b.src(args[3], k))
	}
	return atomicUpdate(k, d, at, x, b.update(op, k), !reduce)
}

func atomicUpdate(k kind, d []int, at *place, x []int, f func(old, x uint64) uint64, looks bool) exec {
	n := uint64(k.size * len(d))
	return func(w *warp, m uint32) {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			q := w.cell(at, i, n)
			for e := range d {
				q := unsafe.Add(q, e*k.size)
				old := get(q, k.size)
				w.r[d[e]][i] = w.replace(q, k.size, old, f(old, w.r[x[e]][i]))
			}
		}
		if looks {
			w.poll()
		}
	}
}

// atomicSwap makes cas: z is written where x is found.
func atomicSwap(k kind, d int, at *place, x, z int) exec {
	return func(w *warp, m uint32) {
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			q := w.cell(at, i, uint64(k.size))
			old := get(q, k.size)
			now := old
			if old == w.r[x][i] {
				now = w.r[z][i]
			}
			w.r[d][i] = w.replace(q, k.size, old, now)
		}
		w.poll()
	}
}

// cell finds n bytes for lane i, and checks their alignment.
func (w *warp) cell(at *place, i int, n uint64) unsafe.Pointer {
	a := (w.r[at.row][i] + at.off) & at.wrap
	if a&(n-1) != 0 {
		w.misaligned(i, a, n)
	}
	s := w.start(at)
	if q := s.at(a, n); q != nil {
		return q
	}
	q, _ := w.reach(at, i, a, n)
	return q
}

// replace writes memory and gives what was there. Only a change is something
// that others could be waiting for.
func (w *warp) replace(q unsafe.Pointer, size int, old, now uint64) uint64 {
	if now != old {
		put(q, size, now)
		w.b.g.changes++
	}
	return old
}

func get(q unsafe.Pointer, size int) uint64 {
	if size == 4 {
		return uint64(*(*uint32)(q))
	}
	return *(*uint64)(q)
}

func put(q unsafe.Pointer, size int, v uint64) {
	if size == 4 {
		*(*uint32)(q) = uint32(v)
		return
	}
	*(*uint64)(q) = v
}

// update gives what an atomic operation makes of the old value and x.
func (b *binding) update(op string, k kind) func(old, x uint64) uint64 {
	if f, ok := wordUpdates[op]; ok {
		return f
	}
	mask := k.mask()
	switch {
	case op == "add" && k.name == "f32":
		return func(old, x uint64) uint64 { return bits32(float(old) + float(x)) }
	case op == "add" && k.name == "f64":
		return func(old, x uint64) uint64 { return bits64(double(old) + double(x)) }
	case k.float:
		b.refuse("floats can only be added at once")
	case op == "add":
		return func(old, x uint64) uint64 { return (old + x) & mask }
	}
	less := func(x, y uint64) bool { return x < y }
	if k.signed {
		less = func(x, y uint64) bool { return int64(k.extend(x)) < int64(k.extend(y)) }
	}
	return func(old, x uint64) uint64 {
		if less(old, x) == (op == "max") {
			return x
		}
		return old
	}
}

// wordUpdates are the operations that do not ask what the bits mean.
var wordUpdates = map[string]func(old, x uint64) uint64{
	"exch": func(_, x uint64) uint64 { return x },
	"and":  func(old, x uint64) uint64 { return old & x },
	"or":   func(old, x uint64) uint64 { return old | x },
	"xor":  func(old, x uint64) uint64 { return old ^ x },
	"inc": func(old, x uint64) uint64 {
		if old >= x {
			return 0
		}
		return old + 1
	},
	"dec": func(old, x uint64) uint64 {
		if old == 0 || old > x {
			return x
		}
		return old - 1
	},
}
