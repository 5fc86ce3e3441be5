package gpu

import (
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// A view is columns of an array from off on, or nothing.
type view struct {
	*schedule.Array
	off  int
	flat bool // all numbers as one row
}

// whole is all columns of a.
func whole(a *schedule.Array) view { return view{Array: a} }

// from is the columns of a from off on.
func from(a *schedule.Array, off int) view { return view{Array: a, off: off} }

// An instr is a kernels.Op before arrays have addresses: see kernels/program.h for
// what its parts mean with each code.
type instr struct {
	code    kernels.Code
	domain  op.Shape // whose rows it goes over
	add     bool
	n       [8]int
	f       [2]float64
	a       [8]view
	more    []view // of MAP: its arguments, and then its results
	results int    // of MAP: how many of more are results
	table   []int

	// With one sample a sequence there is nothing to do: the result is the operand.
	many bool
}

// columns is an instr of so many columns.
func columns(code kernels.Code, domain op.Shape, d int, arrays ...view) instr {
	in := instr{code: code, domain: domain}
	in.n[0] = d
	copy(in.a[:], arrays)
	return in
}

// adding is in, adding to what is there if add.
func (in instr) adding(add bool) instr { in.add = add; return in }

// with is in with its numbers from n[1] on.
func (in instr) with(numbers ...int) instr { copy(in.n[1:], numbers); return in }

// single reports whether a shape is one row that serves all others.
func single(s op.Shape) bool { return s.Axis == op.Once && s.Rows == 1 }

// serves reports whether an operand is one row, and the result is not.
func serves(in, out op.Shape) bool { return single(in) && !single(out) }

// flag is one for true.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
