package data

// A block holds rows of one variable, row-major. Small whole numbers take one
// byte each: piano rolls and counts are the bulk of what is read.
type block struct {
	size    int       // values a row, D
	bytes   []uint8   // either this
	floats  []float32 // or this
	present []bool    // nil = all
}

// len is the number of values.
func (b *block) len() int { return max(len(b.bytes), len(b.floats)) }

// memory is the number of bytes that the values take.
func (b *block) memory() int64 {
	return int64(len(b.bytes)) + 4*int64(len(b.floats)) + int64(len(b.present))
}

// read copies len(dst) values from the one numbered lo.
func (b *block) read(lo int, dst []float32) []float32 {
	if b.floats != nil {
		copy(dst, b.floats[lo:])
		return dst
	}
	for i := range dst {
		dst[i] = float32(b.bytes[lo+i])
	}
	return dst
}

// at is the value numbered i.
func (b *block) at(i int) float32 {
	if b.floats != nil {
		return b.floats[i]
	}
	return float32(b.bytes[i])
}

// has reports whether the value numbered i is there.
func (b *block) has(i int) bool { return b.present == nil || b.present[i] }

// append adds a value.
func (b *block) append(x float32) {
	if x == 0 {
		x = 0 // a negative zero must not tell formats apart
	}
	switch small := x >= 0 && x <= 255 && x == float32(uint8(x)); {
	case b.floats != nil:
		b.floats = append(b.floats, x)
	case small:
		b.bytes = append(b.bytes, uint8(x))
	default:
		b.widen()
		b.floats = append(b.floats, x)
	}
	if b.present != nil {
		b.present = append(b.present, true)
	}
}

// appendMissing adds a value that is not there.
func (b *block) appendMissing() {
	if b.present == nil {
		b.present = make([]bool, b.len(), b.len()+1)
		for i := range b.present {
			b.present[i] = true
		}
	}
	if b.floats != nil {
		b.floats = append(b.floats, 0)
	} else {
		b.bytes = append(b.bytes, 0)
	}
	b.present = append(b.present, false)
}

// set puts a value in place of the one numbered i.
func (b *block) set(i int, x float32) {
	b.widen()
	b.floats[i] = x
	if b.present != nil {
		b.present[i] = true
	}
}

// widen turns bytes into floats.
func (b *block) widen() {
	if b.floats != nil {
		return
	}
	floats := make([]float32, len(b.bytes), max(64, cap(b.bytes)))
	b.read(0, floats)
	b.floats, b.bytes = floats, nil
}

// rows is the part of b from row lo to hi, sharing its memory.
func (b *block) rows(lo, hi int) block {
	lo, hi = lo*b.size, hi*b.size
	out := block{size: b.size}
	if b.floats != nil {
		out.floats = b.floats[lo:hi:hi]
	} else {
		out.bytes = b.bytes[lo:hi:hi]
	}
	if b.present != nil && !all(b.present[lo:hi]) {
		out.present = b.present[lo:hi:hi]
	}
	return out
}

// gather is a copy of the given rows of b.
func (b *block) gather(rows []int) block {
	out := block{size: b.size}
	if b.floats != nil {
		out.floats = make([]float32, 0, len(rows)*b.size)
	}
	for _, r := range rows {
		for i := r * b.size; i < (r+1)*b.size; i++ {
			if b.has(i) {
				out.append(b.at(i))
			} else {
				out.appendMissing()
			}
		}
	}
	return out
}

func all(x []bool) bool {
	for _, ok := range x {
		if !ok {
			return false
		}
	}
	return true
}
