package ptxemu

import (
	"fmt"
	"strconv"
	"strings"
)

// binding makes one statement into a closure.
type binding struct {
	*builder
	r    *routine
	s    *stmt
	used []bool // of the modifiers: one that nothing asks for is unknown
}

// refusal is thrown by binders for what they do not know; bind catches it.
type refusal struct{ why string }

func (b *binding) refuse(format string, args ...any) {
	panic(refusal{fmt.Sprintf(format, args...)})
}

// bind makes an instruction, with its guard.
func (b *builder) bind(r *routine, s *stmt) (run exec, err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case refusal:
			err = fmt.Errorf("%s", x.why)
		default:
			panic(x)
		}
	}()
	n := &binding{builder: b, r: r, s: s, used: make([]bool, len(s.mods))}
	make, ok := binders[s.op]
	if !ok {
		return nil, fmt.Errorf("unknown instruction")
	}
	run = make(n)
	for i, u := range n.used {
		if !u {
			return nil, fmt.Errorf(".%s is not known here", s.mods[i])
		}
	}
	if s.guard == "" {
		return run, nil
	}
	p := n.predicate(s.guard)
	if s.not {
		return guardNot(run, p), nil
	}
	return guard(run, p), nil
}

func guard(run exec, p int) exec {
	return func(w *warp, m uint32) {
		if m &= w.p[p]; m != 0 {
			run(w, m)
		}
	}
}

func guardNot(run exec, p int) exec {
	return func(w *warp, m uint32) {
		if m &^= w.p[p]; m != 0 {
			run(w, m)
		}
	}
}

// has reports whether the instruction has a modifier.
func (b *binding) has(mod string) bool {
	found := false
	for i, m := range b.s.mods {
		if m == mod {
			b.used[i] = true
			found = true
		}
	}
	return found
}

// one gives that of some modifiers which the instruction has, or "".
func (b *binding) one(mods ...string) string {
	for _, m := range mods {
		if b.has(m) {
			return m
		}
	}
	return ""
}

// skip passes over modifiers that make no difference here.
func (b *binding) skip(mods ...string) {
	for _, m := range mods {
		b.has(m)
	}
}

// kinds lists the types among the modifiers, in order.
func (b *binding) kinds() []kind {
	var out []kind
	for i, m := range b.s.mods {
		if k, ok := kinds[m]; ok && !b.used[i] {
			b.used[i] = true
			out = append(out, k)
		}
	}
	return out
}

// kind gives the one type of the instruction.
func (b *binding) kind() kind {
	all := b.kinds()
	if len(all) != 1 {
		b.refuse("it needs one type and has %d", len(all))
	}
	return all[0]
}

// count demands a number of operands.
func (b *binding) count(n ...int) {
	for _, n := range n {
		if len(b.s.args) == n {
			return
		}
	}
	b.refuse("%d operands where there should be %v", len(b.s.args), n)
}

// register gives the variable of a register that is no predicate.
func (b *binding) register(name string) *variable {
	v := b.s.scope.variable(name)
	if v == nil || v.space != "reg" || v.kind.name == "pred" {
		b.refuse("%s is no register that holds a number", name)
	}
	return v
}

// dst gives the row of a register to write, which must have a size in bytes.
func (b *binding) dst(name string, size int) int {
	if name == "_" {
		return b.sink
	}
	v := b.register(name)
	if v.kind.size < size {
		b.refuse("%s has %d bytes and is given %d", name, v.kind.size, size)
	}
	return int(b.place[v])
}

// src gives the row of an operand of type k: a register, a number, a special
// register, or an address.
func (b *binding) src(text string, k kind) int {
	if v := b.s.scope.variable(text); v != nil && v.space == "reg" {
		v = b.register(text)
		if v.kind.size < k.size {
			b.refuse("%s has %d bytes and is read as %d", text, v.kind.size, k.size)
		}
		return int(b.place[v])
	}
	if row, ok := b.special(text); ok {
		return row
	}
	if address, ok := b.symbol(text); ok {
		return b.constant(address & k.mask())
	}
	value, err := literal(text, k)
	if err != nil {
		b.refuse("%v", err)
	}
	return b.constant(value)
}

// symbol gives the address of a variable, and what is added to it.
func (b *binding) symbol(text string) (uint64, bool) {
	name, add, plus := strings.Cut(text, "+")
	v := b.s.scope.variable(strings.TrimSpace(name))
	if v == nil || v.space == "reg" {
		return 0, false
	}
	n := 0
	if plus {
		var err error
		if n, err = strconv.Atoi(strings.TrimSpace(add)); err != nil {
			b.refuse("%q is no offset", add)
		}
	}
	return b.locate(v) + uint64(n), true
}

func (b *binding) locate(v *variable) uint64 {
	if s, ok := b.m.symbols[v.name]; ok && (v.space == "global" || v.space == "const") {
		return s.Address
	}
	at, ok := b.place[v]
	if !ok {
		b.refuse("%s has no place", v.name)
	}
	return at
}

// predicate gives the number of a predicate register.
func (b *binding) predicate(name string) int {
	v := b.s.scope.variable(name)
	if v == nil || v.kind.name != "pred" {
		b.refuse("%s is no predicate", name)
	}
	return int(b.place[v])
}

// condition reads a predicate that may be negated, or a number that is true
// unless zero.
func (b *binding) condition(text string) func(w *warp) uint32 {
	if n, err := strconv.Atoi(text); err == nil {
		all := -uint32(truth(n != 0))
		return func(*warp) uint32 { return all }
	}
	name, not := strings.CutPrefix(text, "!")
	p := b.predicate(strings.TrimSpace(name))
	if not {
		return func(w *warp) uint32 { return ^w.p[p] }
	}
	return func(w *warp) uint32 { return w.p[p] }
}

// elements splits {a, b}; an operand without braces is one element.
func elements(text string) []string {
	if !strings.HasPrefix(text, "{") {
		return []string{text}
	}
	return splitArgs(strings.Trim(text, "{} "))
}

// sources gives the rows of all elements of an operand.
func (b *binding) sources(text string, k kind) []int {
	var rows []int
	for _, e := range elements(text) {
		rows = append(rows, b.src(e, k))
	}
	return rows
}

// targets gives the rows of all elements of an operand that is written.
func (b *binding) targets(text string, size int) []int {
	var rows []int
	for _, e := range elements(text) {
		rows = append(rows, b.dst(e, size))
	}
	return rows
}
