package main

import (
	_ "embed"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/reg"
)

// catalogue is the programs that get routines of their own, as scalar.Program prints
// them. The tests of package compiler write it, of the models that matter.
//
//go:embed programs.txt
var catalogue string

// fused emits a routine for each program of the catalogue whose values fit in the
// registers. The others, and those of other models, run an instruction at a time.
func fused(a *asm) {
	a.slots = append(a.slots, slot{a.wide, "fused", "map[string]Fused[float32]{}"})
	for text := range strings.Lines(catalogue) {
		p := parse(strings.TrimSpace(text))
		if p.fits(a.wide) {
			p.emit(a)
		}
	}
}

// program is the text of one, taken apart.
type program struct {
	text  string
	ins   int
	steps [][]string // name and operands
	outs  []string   // = or +, and a value
}

func parse(text string) *program {
	parts := strings.Split(text, "; ")
	p := &program{text: text, outs: strings.Fields(parts[len(parts)-1])}
	p.ins = number(parts[0])
	for _, s := range parts[1 : len(parts)-1] {
		p.steps = append(p.steps, strings.Fields(s))
	}
	return p
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("programs.txt: %v", err))
	}
	return n
}

// streams is how many slices a routine can keep the addresses of.
const streams = 11

// fits reports whether a routine for p can be made without spilling registers, which
// are plenty if wide.
func (p *program) fits(wide bool) bool {
	if wide || p.ins+len(p.outs) > streams {
		return p.ins+len(p.outs) <= streams
	}
	a := newAsm("trial")
	a.wide = wide
	p.emit(a)
	file, err := a.Result()
	return err == nil && pass.Compile.Execute(file) == nil
}

func (p *program) emit(a *asm) {
	h := fnv.New64a()
	h.Write([]byte(p.text))
	a.begin(fmt.Sprintf("fused[%q]", p.text), fmt.Sprintf("fused%016x", h.Sum64()), "(n int, at [][]float32, constants []float32)")
	bases := p.bases(a)
	n := a.Load(a.Param("n"), a.GP64())
	var constants reg.Register
	if strings.Contains(p.text, "c0") {
		constants = a.base("constants")
	}
	a.each(n, func(l *loop) { p.body(l, bases, constants) })
	a.end()
}

// bases loads the addresses of the inputs that are used, and of the outputs.
func (p *program) bases(a *asm) []reg.Register {
	const header = 24 // bytes of a slice in at
	bases, at := make([]reg.Register, p.ins+len(p.outs)), a.base("at")
	for i := range bases {
		if i >= p.ins || p.reads(i) {
			bases[i] = a.GP64()
			a.MOVQ(mem{Base: at, Disp: header * i}, bases[i])
		}
	}
	return bases
}

// reads reports whether anything reads value v.
func (p *program) reads(v int) bool {
	name := strconv.Itoa(v)
	for _, s := range p.steps {
		if slices.Contains(s[1:], name) {
			return true
		}
	}
	for _, o := range p.outs {
		if o[1:] == name {
			return true
		}
	}
	return false
}

// body emits the program for the elements at hand.
func (p *program) body(l *loop, bases []reg.Register, constants reg.Register) {
	v := &values{l, make([]vec, p.ins), bases, constants}
	for _, s := range p.steps {
		v.known = append(v.known, v.compute(s))
	}
	for i, o := range p.outs {
		x, out := v.of(o[1:]), bases[p.ins+i]
		if o[0] == '+' {
			x = l.add(l.load(out), x)
		}
		l.store(x, out)
	}
}

// values is what a body has computed so far; inputs are loaded when first used.
type values struct {
	*loop
	known     []vec
	bases     []reg.Register
	constants reg.Register
}

// of returns an operand: a value, or a constant.
func (v *values) of(operand string) vec {
	if at, ok := strings.CutPrefix(operand, "c"); ok {
		x := v.vec()
		v.VBROADCASTSS(mem{Base: v.constants, Disp: 4 * number(at)}, x)
		return x
	}
	i := number(operand)
	if v.known[i] == nil {
		v.known[i] = v.load(v.bases[i])
	}
	return v.known[i]
}

// compute emits one step.
func (v *values) compute(s []string) vec {
	switch {
	case s[0] == "set":
		return v.of(s[1])
	case s[0] == "where":
		set := v.cmp(notEqual, v.of(s[1]), v.zero())
		return v.blend(set, v.of(s[2]), v.of(s[3]))
	case len(s) == 2:
		return v.function(s[0]).of1(v.of(s[1]))
	}
	return v.function(s[0]).of2(v.of(s[1]), v.of(s[2]))
}

// function finds a function by the name it has in programs.
func (v *values) function(name string) function {
	for _, f := range append(v.unaryFunctions(), v.binaryFunctions()...) {
		if snake(f.name) == name {
			return f
		}
	}
	panic("programs.txt: no routine for " + name)
}

// snake returns GreaterEq as greater_eq.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r < 'a' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
