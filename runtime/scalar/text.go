package scalar

import (
	"fmt"
	"strings"

	"ssmc/runtime/kernel"
)

// String is the program as text: the number of its inputs, then each instruction
// with the numbers of its operands, then where the results go. Values are numbered
// inputs first, then as they are computed; c0, c1, ... are constants.
//
//	2; sigmoid 0; mul 1 c0; mul 2 3; =4 +2
//
// writes sigmoid(in0) (in1 c0) to the first output, and adds sigmoid(in0) to the
// second. Package kernel has routines for some programs, by this text.
func (p *Program[F]) String() string { return p.text }

// IsFused reports whether the program runs as one routine.
func (p *Program[F]) IsFused() bool { return p.fused != nil }

// text is the text of the program that computes results, and its constants.
func (c *compiler[F]) text(outs []Output, results []int) (string, []F) {
	t := texter[F]{}
	fmt.Fprint(&t, c.ins)
	for _, in := range c.code {
		t.WriteString("; ")
		t.write(in)
	}
	t.WriteString(";")
	for i, o := range outs {
		sign := "="
		if o.Add {
			sign = "+"
		}
		fmt.Fprintf(&t, " %s%d", sign, results[i])
	}
	return t.String(), t.constants
}

// texter writes instructions.
type texter[F kernel.Float] struct {
	strings.Builder
	constants []F
}

func (t *texter[F]) write(c instr[F]) {
	switch c.kind {
	case fill:
		fmt.Fprintf(t, "set %s", t.constant(c.value))
	case apply1:
		fmt.Fprintf(t, "%s %d", kernel.Unary(c.op), c.a)
	case apply2:
		fmt.Fprintf(t, "%s %d %d", kernel.Binary(c.op), c.a, c.b)
	case right:
		fmt.Fprintf(t, "%s %d %s", kernel.Binary(c.op), c.a, t.constant(c.value))
	case left:
		fmt.Fprintf(t, "%s %s %d", kernel.Binary(c.op), t.constant(c.value), c.a)
	case choose:
		fmt.Fprintf(t, "where %d %d %d", c.c, c.a, c.b)
	default:
		fmt.Fprintf(t, "%s %d %d", customs[c.op], c.a, c.b)
	}
}

// constant is the name of a constant, which is the program's next.
func (t *texter[F]) constant(x F) string {
	t.constants = append(t.constants, x)
	return fmt.Sprint("c", len(t.constants)-1)
}

// CanFuse reports whether a routine for the program can be generated and would gain
// anything.
func (p *Program[F]) CanFuse() bool {
	for i := range p.code {
		if p.code[i].isPlain() {
			return false
		}
	}
	return len(p.code) > 1
}

// isPlain reports whether the instruction is plain Go in every instruction set.
func (c *instr[F]) isPlain() bool {
	switch c.kind {
	case custom:
		return true
	case apply1:
		return kernel.Unary(c.op).IsPlain()
	case apply2, right, left:
		return kernel.Binary(c.op).IsPlain()
	}
	return false
}
