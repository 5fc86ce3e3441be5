package scalar

import (
	"fmt"
	"maps"
	"slices"

	"ssmc/runtime/kernel"
)

// An Output is one result of a program: a formula, and whether it is added to
// what the output holds instead of written there.
type Output struct {
	Expr *Expr
	Add  bool
}

// A Program is formulas compiled to straight-line code over blocks of numbers
// that stay in cache: common subexpressions once, registers reused.
type Program[F kernel.Float] struct {
	ins, outs, regs int // inputs, outputs and further registers
	code            []instr[F]
	text            string
	constants       []F
	fused           kernel.Fused[F] // the whole program as one routine, or nil
}

// An instr is one loop over a block. Registers are numbered inputs first, then
// outputs, then the rest.
type instr[F kernel.Float] struct {
	kind    kind
	op      uint8 // a kernel.Unary or kernel.Binary, or the index of a custom function
	dst     int
	a, b, c int
	value   F
}

type kind uint8

const (
	fill   kind = iota // dst = value
	apply1             // dst = op(a)
	apply2             // dst = a op b
	right              // dst = a op value
	left               // dst = value op a
	choose             // dst = a where c, else b
	custom             // dst = customs[op](a, b)
	move               // dst = a
)

// unaries and binaries are the operators that kernels compute.
var unaries = map[string]kernel.Unary{
	"neg": kernel.Neg, "exp": kernel.Exp, "log": kernel.Log, "log1p": kernel.Log1p, "expm1": kernel.Expm1,
	"sqrt": kernel.Sqrt, "sigmoid": kernel.Sigmoid, "tanh": kernel.Tanh, "softplus": kernel.Softplus,
	"relu": kernel.Relu, "step": kernel.Step, "sin": kernel.Sin, "cos": kernel.Cos, "abs": kernel.Abs,
	"lgamma": kernel.Lgamma, "digamma": kernel.Digamma, "recip": kernel.Recip, "square": kernel.Square,
}

var binaries = map[string]kernel.Binary{
	"+": kernel.Add, "-": kernel.Sub, "*": kernel.Mul, "/": kernel.Div, "max": kernel.Max, "min": kernel.Min,
	"pow": kernel.Pow, "greater": kernel.Greater, "greaterEq": kernel.GreaterEq, "equal": kernel.Equal,
}

// customs are the functions that no kernel has.
var customs = slices.Sorted(maps.Keys(specialOps()))

// Compile turns formulas of the variables vars into a program. It panics where
// a formula has another variable.
func Compile[F kernel.Float](vars []string, outs ...Output) *Program[F] {
	c := compiler[F]{values: map[*Expr]int{}, known: map[instr[F]]int{}}
	for i, v := range vars {
		c.values[Var(v)] = i
	}
	c.ins, c.next = len(vars), len(vars)
	results := make([]int, len(outs))
	for i, o := range outs {
		results[i] = c.value(o.Expr)
	}
	text, constants := c.text(outs, results)
	p := c.program(outs, results)
	p.text, p.constants, p.fused = text, constants, kernel.FusedOf[F](text)
	return p
}

// Cost is the number of instructions, by which callers judge whether running
// the program over some numbers is worth another thread.
func (p *Program[F]) Cost() int { return len(p.code) }

// A compiler numbers the values that formulas compute. Values stand for
// registers until the registers are allocated.
type compiler[F kernel.Float] struct {
	ins, next int
	values    map[*Expr]int
	known     map[instr[F]]int // instructions so far, without dst
	code      []instr[F]
}

// value is the number of the value of e, which it emits code for.
func (c *compiler[F]) value(e *Expr) int {
	if v, ok := c.values[e]; ok {
		return v
	}
	v := c.emit(c.translate(e))
	c.values[e] = v
	return v
}

// emit adds an instruction unless there is an equal one.
func (c *compiler[F]) emit(in instr[F]) int {
	v, ok := c.known[in]
	if ok {
		return v
	}
	v = c.next
	c.known[in] = v
	c.next++
	in.dst = v
	c.code = append(c.code, in)
	return v
}

// none stands for an operand that an instruction does not have.
const none = -1

func (c *compiler[F]) translate(e *Expr) instr[F] {
	in := instr[F]{a: none, b: none, c: none}
	op1, is1 := unaries[e.Op]
	op2, is2 := binaries[e.Op]
	switch {
	case e.Op == "num":
		in.kind, in.value = fill, F(e.Value)
	case is1:
		in.kind, in.op, in.a = apply1, uint8(op1), c.value(e.Args[0])
	case is2:
		in.op = uint8(op2)
		c.operands(&in, op2, e.Args[0], e.Args[1])
	case e.Op == "where":
		in.kind, in.c, in.a, in.b = choose, c.value(e.Args[0]), c.value(e.Args[1]), c.value(e.Args[2])
	case slices.Contains(customs, e.Op):
		in.kind, in.op, in.a = custom, uint8(slices.Index(customs, e.Op)), c.value(e.Args[0])
		if len(e.Args) > 1 {
			in.b = c.value(e.Args[1])
		}
	default:
		panic(fmt.Sprintf("scalar: cannot compile %s %s", e.Op, e.Name))
	}
	return in
}

// operands chooses the form of a binary instruction.
func (c *compiler[F]) operands(in *instr[F], op kernel.Binary, a, b *Expr) {
	switch {
	case b.Op == "num":
		in.kind, in.a, in.value = right, c.value(a), F(b.Value)
	case a.Op == "num" && commutes(op):
		in.kind, in.a, in.value = right, c.value(b), F(a.Value)
	case a.Op == "num":
		in.kind, in.a, in.value = left, c.value(b), F(a.Value)
	default:
		in.kind, in.a, in.b = apply2, c.value(a), c.value(b)
		if commutes(op) && in.a > in.b {
			in.a, in.b = in.b, in.a
		}
	}
}

func commutes(op kernel.Binary) bool {
	return op == kernel.Add || op == kernel.Mul || op == kernel.Equal
}

// program allocates registers and adds the code that finishes the outputs.
func (c *compiler[F]) program(outs []Output, results []int) *Program[F] {
	p := &Program[F]{ins: c.ins, outs: len(outs)}
	place := c.place(outs, results)
	for i, o := range outs {
		switch v := results[i]; {
		case o.Add:
			c.code = append(c.code, instr[F]{kind: apply2, op: uint8(kernel.Add), dst: -2 - i, a: -2 - i, b: v, c: none})
		case place[v] != c.ins+i:
			c.code = append(c.code, instr[F]{kind: move, dst: -2 - i, a: v, b: none, c: none})
		}
	}
	p.regs = allocate(c.code, place, c.ins, len(outs))
	p.code = c.code
	return p
}

// place fixes the registers of values that are inputs, or that are computed
// where an output lies.
func (c *compiler[F]) place(outs []Output, results []int) map[int]int {
	place := map[int]int{}
	for i := range c.ins {
		place[i] = i
	}
	for i, o := range outs {
		if _, fixed := place[results[i]]; !fixed && !o.Add {
			place[results[i]] = c.ins + i
		}
	}
	return place
}

// allocate replaces value numbers in code by registers, -2-i standing for
// output i, and returns how many registers it needs besides inputs and outputs.
func allocate[F kernel.Float](code []instr[F], place map[int]int, ins, outs int) int {
	last := map[int]int{}
	for i, in := range code {
		for _, v := range []int{in.a, in.b, in.c} {
			last[v] = i
		}
	}
	regs, free := 0, []int(nil)
	reg := func(v int) int {
		switch {
		case v == none:
			return 0
		case v < none:
			return ins - 2 - v
		}
		if r, ok := place[v]; ok {
			return r
		}
		if len(free) == 0 {
			free = append(free, ins+outs+regs)
			regs++
		}
		r := free[len(free)-1]
		free = free[:len(free)-1]
		place[v] = r
		return r
	}
	for i := range code {
		in := &code[i]
		used := []int{in.a, in.b, in.c}
		in.a, in.b, in.c = reg(in.a), reg(in.b), reg(in.c)
		for j, v := range used {
			if v >= 0 && last[v] == i && place[v] >= ins+outs && !contains(used[:j], v) {
				free = append(free, place[v])
			}
		}
		in.dst = reg(in.dst)
	}
	return regs
}

func contains(list []int, v int) bool {
	for _, w := range list {
		if v == w {
			return true
		}
	}
	return false
}
