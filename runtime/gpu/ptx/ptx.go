// Package ptx writes formulas as PTX, the assembly that NVIDIA's drivers take. A
// new distribution, or any other program of element-wise formulas, so needs no code
// of its own on the card.
//
// It owns how a program's numbers are read, computed, added up and stored. It knows
// nothing of drivers or launches, nor what a program is for. The functions that are
// more than an instruction come with the kernels: runtime/gpu/kernels/exports.h.
package ptx

import (
	"fmt"
	"strings"

	"ssmc/runtime/scalar"
)

// An Arg is a variable of a program's formulas, by name. Its value at row r and
// column j is p + (Once ? 0 : r)*ld + (Wide ? j : 0) of its array.
type Arg struct {
	Name string
	Once bool // one row for all
	Wide bool // a number for each column; else one for all
}

// An Out is a result of a program: a formula of its arguments. It lies as an
// argument does that is not Once.
type Out struct {
	Expr *scalar.Expr
	Wide bool
	Sum  bool // added up over the columns, to one number a row
	Add  bool // added to what is there, after all arguments are read and the others written
}

// A Program is formulas to be evaluated at each row and column of arrays, and where
// results go. An output may be the array of an argument of the same form.
type Program struct {
	Args  []Arg
	Width int // columns
	Outs  []Out
}

// Module is programs as PTX functions map_0, map_1, ... and the function that
// kernels reach them by,
//
//	map_program(int program, const GLOBAL Array *arrays, int lo, int hi, int thread, int threads)
//
// It evaluates a program at rows lo to hi, as one of so many threads; what results
// does not depend on their number, which is a multiple of 32. The arrays are those of
// the arguments and then those of the outputs (program.h). The text is to be appended
// to a module that has the functions of exports.h. Module panics where a formula has
// an operator or a variable that it cannot know.
func Module(programs []Program) string { return module(programs, nil) }

// module writes functions that are in inline where they are called.
func module(programs []Program, inline map[string]*snippet) string {
	var b strings.Builder
	for i := range programs {
		writeProgram(&b, fmt.Sprint("map_", i), &programs[i], inline)
	}
	writeDispatcher(&b, len(programs))
	return b.String()
}

// sums reports whether rows are added up.
func (p *Program) sums() bool {
	for _, o := range p.Outs {
		if o.Sum && p.Width > 1 {
			return true
		}
	}
	return false
}

// check panics where p makes no sense.
func (p *Program) check() {
	if p.Width < 1 {
		panic(fmt.Sprintf("ptx: a program of %d columns", p.Width))
	}
	for i, o := range p.Outs {
		if p.Width > 1 && o.Wide == o.Sum {
			panic(fmt.Sprintf("ptx: output %d of %d columns has to be either wide or a sum", i, p.Width))
		}
	}
}
