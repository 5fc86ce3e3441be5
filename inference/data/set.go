package data

import (
	"cmp"
	"slices"
)

// Set is a collection of independent sequences of the same variables.
type Set struct {
	Name        string // file name without folder
	Vars        []Var  // every Size and Classes bound
	TimeUnit    string // "" where rows are one step apart
	Sequences   []Sequence
	Fingerprint string              // first 16 hex digits of the SHA-256 of the contents
	Notes       []string            // how columns were matched, what was not used
	Columns     map[string][]string // those that each variable was found under; nil if it was in none
}

// Sequence is one sequence: a block of values for each variable of its set.
type Sequence struct {
	ID     string
	Len    int
	Times  []float64 // time of each row, in the set's unit; nil if none
	blocks []block   // one a variable
	gap    float32   // of the first row, if it is the only one and more is known; else 0
	whole  string    // ID of the sequence that this is a part of, if it is one
	first  int       // step of it that is the first here, from 0
}

// NewSet makes a set of sequences and takes its fingerprint.
func NewSet(name string, vars []Var, timeUnit string, sequences []Sequence) *Set {
	s := &Set{Name: name, Vars: vars, TimeUnit: timeUnit, Sequences: sequences}
	s.Fingerprint = s.fingerprint()
	return s
}

// Index is the position of the variable called name, or -1.
func (s *Set) Index(name string) int {
	return slices.IndexFunc(s.Vars, func(v Var) bool { return v.Name == name })
}

// Frames is the number of steps of all sequences.
func (s *Set) Frames() int {
	n := 0
	for i := range s.Sequences {
		n += s.Sequences[i].Len
	}
	return n
}

// Lengths lists the number of steps of each sequence.
func (s *Set) Lengths() []int {
	n := make([]int, len(s.Sequences))
	for i := range s.Sequences {
		n[i] = s.Sequences[i].Len
	}
	return n
}

// NewSequence makes a sequence of n steps out of plain slices, one for each of
// vars, whose sizes are bound. It takes hold of values and present.
//
//	values[v]   [n,D] row-major, or [D] where v is static; classes from 0
//	present[v]  the same shape, false where a value is missing; nil = complete
func NewSequence(vars []Var, id string, n int, values [][]float32, present [][]bool, times []float64) Sequence {
	s := Sequence{ID: id, Len: n, Times: times, blocks: make([]block, len(vars))}
	for v := range vars {
		s.blocks[v] = block{size: vars[v].Size, floats: values[v]}
		if present != nil && slices.Contains(present[v], false) {
			s.blocks[v].present = present[v]
		}
	}
	return s
}

// Prefix is the first n steps of the sequence as one of its own, whose variables are
// vars. Nothing in it is of a later step but the gap of the first, which is known ahead.
func (s *Sequence) Prefix(vars []Var, n int) Sequence {
	values, present := make([][]float32, len(vars)), make([][]bool, len(vars))
	for v, to := range vars {
		steps := n
		if to.Role == Static {
			steps = 1
		}
		values[v] = s.Rows(v, 0, steps, nil)
		if p := s.Present(v); p != nil {
			present[v] = p[:len(values[v])]
		}
	}
	var times []float64
	if s.Times != nil {
		times = s.Times[:n]
	}
	out := NewSequence(vars, s.ID, n, values, present, times)
	if n == 1 && s.Times != nil {
		out.gap = s.Gap(0)
	}
	return out
}

// Gaps is the time of each row since the one before, in the set's unit. The first
// row has none: there stands that of the second, or one. It is nil where there
// are no times.
func (s *Sequence) Gaps() []float32 {
	if s.Times == nil {
		return nil
	}
	out := make([]float32, s.Len)
	for t := range out {
		out[t] = s.Gap(t)
	}
	return out
}

// Gap is the number of Gaps for step t, from 0; there must be times.
func (s *Sequence) Gap(t int) float32 {
	if t == 0 && s.Len == 1 {
		return cmp.Or(s.gap, 1)
	}
	t = max(t, 1)
	return float32(s.Times[t] - s.Times[t-1])
}

// Rows writes rows lo to hi (from 0, half open) of variable v into dst, growing
// it if need be, and returns it. Missing values are 0. A static variable has
// the one row 0.
//
//	dst  [hi-lo,D]
func (s *Sequence) Rows(v, lo, hi int, dst []float32) []float32 {
	b := &s.blocks[v]
	n := (hi - lo) * b.size
	return b.read(lo*b.size, slices.Grow(dst[:0], n)[:n])
}

// Values is a copy of all of variable v: [Len,D], or [D] where v is static.
func (s *Sequence) Values(v int) []float32 {
	b := &s.blocks[v]
	return b.read(0, make([]float32, b.len()))
}

// Present tells which values of variable v are there, in the shape of Values;
// nil means all of them. It is shared: do not write to it.
func (s *Sequence) Present(v int) []bool { return s.blocks[v].present }
