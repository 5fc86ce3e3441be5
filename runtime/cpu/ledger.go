package cpu

import "slices"

// A ledger decides which of several operations that write gradients to one
// array writes and which adds. It is asked in the order in which they run.
type ledger[F Float] struct {
	written map[*array[F]][]bool // by column
	zero    []columns[F]         // what must be zero beforehand
}

// columns is some columns of an array.
type columns[F Float] struct {
	*array[F]
	lo, hi int
}

func (c columns[F]) clear() { c.clearColumns(c.lo, c.hi) }

// of is which columns of a are written.
func (l *ledger[F]) of(a *array[F]) []bool {
	if l.written == nil {
		l.written = map[*array[F]][]bool{}
	}
	if l.written[a] == nil {
		l.written[a] = make([]bool, a.shape.Cols)
	}
	return l.written[a]
}

// claim reports whether an operation must add to its footprint in a.
func (l *ledger[F]) claim(a *array[F], f footprint) (add bool) {
	w := l.of(a)[f.lo:f.hi]
	if f.partial || slices.Contains(w, true) {
		l.settle(a, f.lo, f.hi)
		return true
	}
	l.note(w)
	return false
}

// full notes that all of a is written.
func (l *ledger[F]) full(a *array[F]) { l.note(l.of(a)) }

func (l *ledger[F]) note(w []bool) {
	for i := range w {
		w[i] = true
	}
}

// settle has columns [lo,hi) of a that nothing has written so far set to zero.
func (l *ledger[F]) settle(a *array[F], lo, hi int) {
	w := l.of(a)
	for lo < hi {
		end := lo + 1
		for end < hi && w[end] == w[lo] {
			end++
		}
		if !w[lo] {
			l.zero = append(l.zero, columns[F]{a, lo, end})
			l.note(w[lo:end])
		}
		lo = end
	}
}

// take is what must be zero, and forgets it.
func (l *ledger[F]) take() []columns[F] {
	z := l.zero
	l.zero = nil
	return z
}
