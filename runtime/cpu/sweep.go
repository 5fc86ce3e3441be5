package cpu

import (
	"ssmc/runtime/kernel"
	"ssmc/runtime/scalar"
)

// A sweep runs a formula program over the rows of arrays. Where all lie without
// gaps, rows are one long vector; else it goes row by row, or, where rows are
// short, in tiles of several rows gathered side by side.
type sweep[F Float] struct {
	*env[F]
	prog  *scalar.Program[F]
	width int
	args  []sweepArg[F]
	outs  []sweepOut[F]
	work  []sweepWork[F] // one a thread
	part  func(w, lo, hi int)
}

// A sweepArg is one variable: width columns of an array from off on, or, if
// not wide, one column for all; one row for all if once.
type sweepArg[F Float] struct {
	*array[F]
	off        int
	wide, once bool
}

// A sweepOut is one result: width columns of an array from off on or, as a
// sum of each row, one column. It is written there or added. Results that
// overlap are kept apart while they are computed.
type sweepOut[F Float] struct {
	*array[F]
	off             int
	sum, add, apart bool
}

// inProgram reports whether the program adds to o, and not store.
func (o *sweepOut[F]) inProgram() bool { return o.add && !o.sum && !o.apart }

// sweepWork is what one thread keeps.
type sweepWork[F Float] struct {
	scratch  scalar.Scratch[F]
	in, out  [][]F // of a tile
	inBuf    [][]F // where a tile is gathered
	outBuf   [][]F
	rowTotal []F
}

// Tiles have up to tileLen numbers; rows of wideRow and more are not gathered.
const (
	tileLen = 640
	wideRow = 128
)

func newSweep[F Float](e *env[F], p *scalar.Program[F], width int, args []sweepArg[F], outs []sweepOut[F]) *sweep[F] {
	s := &sweep[F]{env: e, prog: p, width: width, args: args, outs: outs}
	s.work = make([]sweepWork[F], e.pool.Threads())
	for i := range s.work {
		w := &s.work[i]
		w.in, w.inBuf = make([][]F, len(args)), make([][]F, len(args))
		w.out, w.outBuf = make([][]F, len(outs)), make([][]F, len(outs))
	}
	s.part = s.run
	return s
}

// over runs the sweep over rows [lo,hi).
func (s *sweep[F]) over(lo, hi int) {
	if lo < hi {
		s.split(lo, hi, (hi-lo)*s.width*(2+s.prog.Cost()), s.part)
	}
}

func (s *sweep[F]) run(w, lo, hi int) {
	k, step := &s.work[w], s.step(hi-lo)
	s.repeat(k, step)
	for r := lo; r < hi; r += step {
		n := min(step, hi-r)
		for i := range s.args {
			s.load(k, i, r, n, step)
		}
		for i := range s.outs {
			s.aim(k, i, r, n)
		}
		s.prog.Run(&k.scratch, n*s.width, k.out, k.in)
		for i := range s.outs {
			s.store(k, i, r, n)
		}
	}
}

// step is the rows of a tile: all n if every array can be used where it lies.
func (s *sweep[F]) step(n int) int {
	flat, views := true, false
	for i := range s.args {
		a := &s.args[i]
		flat = flat && s.flat(a)
		views = views || a.wide && !s.flat(a)
	}
	for i := range s.outs {
		o := &s.outs[i]
		flat = flat && s.inPlace(o, n)
		views = views || !o.sum && !s.aligned(o)
	}
	switch {
	case flat:
		return n
	case views && s.width >= wideRow:
		return 1
	}
	return max(1, min(n, tileLen/s.width))
}

// flat reports whether rows of a follow each other as those of a tile do.
func (s *sweep[F]) flat(a *sweepArg[F]) bool { return a.wide && !a.once && a.ld == s.width }

func (s *sweep[F]) aligned(o *sweepOut[F]) bool { return o.ld == s.width }

// repeat fills the tiles of arguments that are the same in every row.
func (s *sweep[F]) repeat(k *sweepWork[F], step int) {
	for i := range s.args {
		a := &s.args[i]
		if !a.once || a.wide && step == 1 {
			continue
		}
		k.inBuf[i] = grow(k.inBuf[i], step*s.width)
		for r := range step {
			tile := k.inBuf[i][r*s.width:][:s.width]
			if a.wide {
				copy(tile, a.data[a.off:])
			} else {
				fill(tile, a.data[a.off])
			}
		}
	}
}

// load sets argument i for rows r to r+n, in tiles of step rows.
func (s *sweep[F]) load(k *sweepWork[F], i, r, n, step int) {
	a, size := &s.args[i], n*s.width
	switch {
	case a.once && a.wide && step == 1:
		k.in[i] = a.data[a.off:][:size]
		return
	case a.once:
		k.in[i] = k.inBuf[i][:size]
		return
	case a.wide && (n == 1 || a.ld == s.width):
		k.in[i] = a.data[r*a.ld+a.off:][:size]
		return
	}
	k.inBuf[i] = grow(k.inBuf[i], size)
	k.in[i] = k.inBuf[i]
	for j := range n {
		tile, src := k.in[i][j*s.width:][:s.width], a.data[(r+j)*a.ld+a.off:]
		if a.wide {
			copy(tile, src)
		} else {
			fill(tile, src[0])
		}
	}
}

// inPlace reports whether n rows of result i are computed where they belong.
func (s *sweep[F]) inPlace(o *sweepOut[F], n int) bool {
	return !o.sum && !o.apart && (n == 1 || s.aligned(o))
}

// aim says where result i of rows r to r+n is computed.
func (s *sweep[F]) aim(k *sweepWork[F], i, r, n int) {
	o, size := &s.outs[i], n*s.width
	if s.inPlace(o, n) {
		k.out[i] = o.data[r*o.ld+o.off:][:size]
		return
	}
	k.outBuf[i] = grow(k.outBuf[i], size)
	k.out[i] = k.outBuf[i]
	if o.inProgram() {
		clear(k.out[i])
	}
}

// store takes result i from where it was computed to where it belongs.
func (s *sweep[F]) store(k *sweepWork[F], i, r, n int) {
	o := &s.outs[i]
	switch {
	case s.inPlace(o, n):
	case o.sum:
		k.rowTotal = grow(k.rowTotal, n)
		kernel.RowSum(k.rowTotal, k.out[i], s.width, n, s.width, false)
		for j, v := range k.rowTotal {
			at := &o.data[(r+j)*o.ld+o.off]
			if o.add {
				v += *at
			}
			*at = v
		}
	default:
		for j := range n {
			put(o.data[(r+j)*o.ld+o.off:][:s.width], k.out[i][j*s.width:][:s.width], o.add)
		}
	}
}

func fill[F Float](dst []F, v F) {
	for i := range dst {
		dst[i] = v
	}
}
