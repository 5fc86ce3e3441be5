// Package schedule has what a machine does to evaluate a differentiated graph, as
// data: arrays and their places in memory, operations in the order in which they
// run, and where each gradient is written or added. A backend that has planned a
// graph tells another one so (package cpu tells package gpu). It knows no numbers.
package schedule

import "ssmc/runtime/op"

// A Schedule is what a machine does.
type Schedule struct {
	Arrays   []*Array
	Inputs   []Input
	Forward  []*Task
	Backward []*Task
	Clear    []Columns // of the gradient that nothing writes: to be zero after Backward
	Sums     []Sum     // gradients of inputs that share a parameter, after Backward
	Terms    []*Array
	Latents  []*Array
	Total    *Operation // the cost
	Gradient int        // numbers of the gradient by all parameters
}

// A Kind says whose memory an array is.
type Kind uint8

// The kinds of arrays.
const (
	Own      Kind = iota // part of the machine's memory: see Place
	View                 // columns of another array, from At on
	Same                 // Of itself where K is one, else its own memory
	Given                // an input's: parameters, data
	Constant             // an op.Const's
	Gradient             // part of the gradient, from number At on
)

// An Array is a matrix whose rows each batch counts.
type Array struct {
	Number int // in Schedule.Arrays
	Shape  op.Shape
	Kind   Kind
	Of     *Array    // of a View or a Same
	At     int       // see Kind
	Const  *op.Const // of a Constant
}

// An Input is an array that is filled before each run.
type Input struct {
	*Array
	Source op.Source
	Index  int // of the parameter or port
	Number int // with seed and step it determines noise
}

// A Target is where the gradient of an operand goes: nowhere, where Array is
// nil; into an array; or, with Add, on top of what is there.
type Target struct {
	*Array
	Add bool
}

// An Operation computes a spec.
type Operation struct {
	Spec op.Spec
	Pos  string // where in the program it came from
	In   []*Array
	Out  *Array
	DOut *Array         // the gradient of Out; nil where it has none
	DIn  []Target       // the gradients of In; nil where they are not wanted
	Each map[int]*Array // of a Map: the gradient by an operand of one row, row by row
}

// Wants reports whether the gradient of operand i is wanted.
func (o *Operation) Wants(i int) bool { return i < len(o.DIn) && o.DIn[i].Array != nil }

// Columns is columns [Lo,Hi) of an array.
type Columns struct {
	*Array
	Lo, Hi int
}

// A Sum is Src added to Dst.
type Sum struct{ Dst, Src *Array }

// A Task is one operation or one scan, forwards or back.
type Task struct {
	Name, Pos string
	Back      bool
	Zero      []Columns // what must be zero beforehand
	Op        *Operation
	Scan      *Scan
}

// A Scan is operations that run over all rows before a loop over time, in it, each
// time on the rows of that time, and after it. Back, all is the other way round:
// After over all rows, Loop, what their gradients need over all rows, and Before.
type Scan struct {
	Rev                 bool     // from the last time to the first
	Frames              op.Shape // of any value with a row a frame
	Before, Loop, After []*Operation
	Copies              []Sum // back, at the end
}

// A Place is where in memory an array lies: a number of units from the start of a
// part. Units are one for arrays that are the same for all, and rows of the batch's
// sequences or frames for others.
type Place struct{ Size, Off int }

// A Memory is a plan for so many samples a sequence, in which arrays that are not
// needed at the same time share their places.
type Memory struct {
	Place map[*Array]Place // of those that own memory
	Sizes [3]int           // of the parts, in their units, by op.Axis
}
