package data

import (
	"cmp"
	"fmt"
)

// slice is the part of a sequence from step lo to hi, sharing its memory. Its ID
// tells the steps of the whole sequence, from 1 and inclusive: a[1:200].
func (s *Sequence) slice(vars []Var, lo, hi int) Sequence {
	out := Sequence{Len: hi - lo, whole: cmp.Or(s.whole, s.ID), first: s.first + lo}
	out.ID = fmt.Sprintf("%s[%d:%d]", out.whole, out.first+1, out.first+out.Len)
	for v := range vars {
		if vars[v].perStep() {
			out.blocks = append(out.blocks, s.blocks[v].rows(lo, hi))
		} else {
			out.blocks = append(out.blocks, s.blocks[v])
		}
	}
	if s.Times != nil {
		out.Times = s.Times[lo:hi:hi]
	}
	return out
}

// windows cuts sequences longer than window steps into pieces that begin stride
// steps apart; together they cover every step, so the last may be shorter.
func (s *Set) windows(window, stride int) {
	var out []Sequence
	for i := range s.Sequences {
		q := &s.Sequences[i]
		if q.Len <= window {
			out = append(out, *q)
			continue
		}
		for lo := 0; ; lo += stride {
			hi := min(lo+window, q.Len)
			out = append(out, q.slice(s.Vars, lo, hi))
			if hi == q.Len {
				break
			}
		}
	}
	s.Sequences = out
}

// cutWindows cuts each part of the bundle as the options ask. Windows overlap in
// training alone: elsewhere each step is scored once.
func (b *Bundle) cutWindows(o Options) {
	if o.Window <= 0 {
		return
	}
	stride := o.Stride
	if stride <= 0 {
		stride = o.Window
	}
	stride = min(stride, o.Window)
	for _, s := range []*Set{b.Train, b.Valid, b.Test} {
		if s == nil {
			continue
		}
		n := len(s.Sequences)
		step := o.Window
		if s == b.Train {
			step = stride
		}
		s.windows(o.Window, step)
		if len(s.Sequences) != n {
			b.Notes = append(b.Notes, fmt.Sprintf("%s: %s cut into %d windows of at most %d steps, %d apart", s.Name,
				plural(n, "sequence", "sequences"), len(s.Sequences), o.Window, step))
		}
	}
}
