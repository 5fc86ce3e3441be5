package ptxemu

import "math/bits"

// relation reads how two operands are compared.
func (b *binding) relation() string {
	r := b.one("eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs",
		"equ", "neu", "ltu", "leu", "gtu", "geu", "num", "nan")
	if r == "" {
		b.refuse("it compares in no way that is known here")
	}
	return r
}

// compare makes the lanes for which two operands are in a relation.
func (b *binding) compare(relation string, k kind, ftz bool, x, y int) func(w *warp, m uint32) uint32 {
	if !k.float {
		return compareIntegers(b, relation, k, x, y)
	}
	f := floatRelation(b, relation)
	return func(w *warp, m uint32) uint32 {
		return w.holds(m, x, y, func(x, y uint64) bool {
			v, u := asDouble(k, x), asDouble(k, y)
			if ftz {
				v, u = float64(flush(float32(v))), float64(flush(float32(u)))
			}
			return f(v, u)
		})
	}
}

func compareIntegers(b *binding, relation string, k kind, x, y int) func(w *warp, m uint32) uint32 {
	relation, swap := turned(relation)
	if swap {
		x, y = y, x
	}
	// Signed numbers are in the order of their bits once the sign is flipped.
	flip := uint64(0)
	if k.signed {
		flip = 1 << (8*k.size - 1)
	}
	switch relation {
	case "eq":
		return func(w *warp, m uint32) uint32 { return m & w.equal(x, y) }
	case "ne":
		return func(w *warp, m uint32) uint32 { return m &^ w.equal(x, y) }
	case "lt":
		return func(w *warp, m uint32) uint32 { return m & w.below(x, y, flip) }
	case "ge":
		return func(w *warp, m uint32) uint32 { return m &^ w.below(x, y, flip) }
	}
	b.refuse("integers have no relation .%s", relation)
	return nil
}

// turned says a relation by one of four others, of the operands swapped.
func turned(relation string) (as string, swap bool) {
	switch relation {
	case "gt", "hi":
		return "lt", true
	case "le", "ls":
		return "ge", true
	case "lo":
		return "lt", false
	case "hs":
		return "ge", false
	}
	return relation, false
}

func (w *warp) equal(a, b int) (out uint32) {
	x, y := &w.r[a], &w.r[b]
	for i := range x {
		if x[i] == y[i] {
			out |= 1 << (i & 31)
		}
	}
	return out
}

// below gives the lanes with x<y; flip is xored to both.
func (w *warp) below(a, b int, flip uint64) (out uint32) {
	x, y := &w.r[a], &w.r[b]
	for i := range x {
		_, borrow := bits.Sub64(x[i]^flip, y[i]^flip, 0)
		out |= uint32(borrow) << (i & 31)
	}
	return out
}

// floatRelation gives a relation of floats; with u it holds for NaN too.
func floatRelation(b *binding, relation string) func(x, y float64) bool {
	switch relation {
	case "eq":
		return func(x, y float64) bool { return x == y }
	case "ne":
		return func(x, y float64) bool { return x < y || x > y }
	case "lt":
		return func(x, y float64) bool { return x < y }
	case "le":
		return func(x, y float64) bool { return x <= y }
	case "gt":
		return func(x, y float64) bool { return x > y }
	case "ge":
		return func(x, y float64) bool { return x >= y }
	case "equ":
		return func(x, y float64) bool { return !(x < y || x > y) }
	case "neu":
		return func(x, y float64) bool { return x != y }
	case "ltu":
		return func(x, y float64) bool { return !(x >= y) }
	case "leu":
		return func(x, y float64) bool { return !(x > y) }
	case "gtu":
		return func(x, y float64) bool { return !(x <= y) }
	case "geu":
		return func(x, y float64) bool { return !(x < y) }
	case "num":
		return func(x, y float64) bool { return x == x && y == y }
	case "nan":
		return func(x, y float64) bool { return x != x || y != y }
	}
	b.refuse("floats have no relation .%s", relation)
	return nil
}

// bindSetp makes setp: a predicate, and perhaps its opposite, from a relation
// joined with a third operand.
func bindSetp(b *binding) exec {
	b.count(3, 4)
	relation, join := b.relation(), b.one("and", "or", "xor")
	ftz := b.has("ftz")
	k := b.kind()
	ps := split(b.s.args[0], '|')
	f := b.compare(relation, k, ftz, b.src(b.s.args[1], k), b.src(b.s.args[2], k))
	p := b.predicate(ps[0])
	if join == "" && len(ps) == 1 {
		return func(w *warp, m uint32) { w.set(p, m, f(w, m)) }
	}
	other, with := combine(join), func(*warp) uint32 { return 0 }
	if join == "" {
		other = combine("or")
	} else {
		b.count(4)
		with = b.condition(b.s.args[3])
	}
	q := -1
	if len(ps) > 1 && ps[1] != "_" {
		q = b.predicate(ps[1])
	}
	return func(w *warp, m uint32) {
		t, c := f(w, m), with(w)
		w.set(p, m, other(t, c))
		if q >= 0 {
			w.set(q, m, other(^t, c))
		}
	}
}

// split cuts p|q.
func split(text string, at byte) []string {
	for i := range len(text) {
		if text[i] == at {
			return []string{text[:i], text[i+1:]}
		}
	}
	return []string{text}
}

// bindSet makes set: all ones, or 1.0, where a relation holds.
func bindSet(b *binding) exec {
	b.count(3, 4)
	relation, join := b.relation(), b.one("and", "or", "xor")
	ftz := b.has("ftz")
	ks := b.kinds()
	if len(ks) != 2 {
		b.refuse("it needs two types")
	}
	yes := ks[0].mask()
	if ks[0].float {
		yes = bits32(1)
	}
	d := b.dst(b.s.args[0], ks[0].size)
	f := b.compare(relation, ks[1], ftz, b.src(b.s.args[1], ks[1]), b.src(b.s.args[2], ks[1]))
	if join != "" {
		b.count(4)
		test, other, with := f, combine(join), b.condition(b.s.args[3])
		f = func(w *warp, m uint32) uint32 { return other(test(w, m), with(w)) }
	}
	return func(w *warp, m uint32) {
		t := f(w, m)
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			w.r[d][i] = yes & -uint64(t>>i&1)
		}
	}
}

// bindSelect makes selp: one of two operands, by a predicate.
func bindSelect(b *binding) exec {
	b.count(4)
	k := b.kind()
	d, x, y := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k)
	c := b.condition(b.s.args[3])
	return func(w *warp, m uint32) {
		to, x, y, p := &w.r[d], &w.r[x], &w.r[y], c(w)
		for ; m != 0; m &= m - 1 {
			i := bits.TrailingZeros32(m) & 31
			v := y[i] // to may be x
			if p>>i&1 != 0 {
				v = x[i]
			}
			to[i] = v
		}
	}
}

// bindSlct makes slct: the first operand where the third is not negative.
func bindSlct(b *binding) exec {
	b.count(4)
	ftz := b.has("ftz")
	ks := b.kinds()
	if len(ks) != 2 {
		b.refuse("it needs two types")
	}
	k, by := ks[0], ks[1]
	d, x, y, c := b.dst(b.s.args[0], k.size), b.src(b.s.args[1], k), b.src(b.s.args[2], k), b.src(b.s.args[3], by)
	return lanes3(d, x, y, c, func(x, y, c uint64) uint64 {
		v := float64(int64(by.extend(c)))
		if by.float {
			v = asDouble(by, c)
			if ftz {
				v = float64(flush(float32(v)))
			}
		}
		if v >= 0 {
			return x
		}
		return y
	})
}
