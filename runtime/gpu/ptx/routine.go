package ptx

import (
	"fmt"
	"strings"
)

// A routine is a function that is being written: its instructions, and how many
// registers of each type they use.
type routine struct {
	name   string
	text   strings.Builder
	used   [len(types)]int
	labels int
}

// A register type, and the letter that names its registers.
const (
	predicate = iota
	integer
	address
	number
)

var types = [...]struct{ letter, declared string }{
	predicate: {"q", "pred"}, integer: {"i", "b32"}, address: {"d", "b64"}, number: {"v", "f32"},
}

// reg is a new register.
func (r *routine) reg(kind int) string {
	r.used[kind]++
	return fmt.Sprintf("%%%s%d", types[kind].letter, r.used[kind]-1)
}

// put writes an instruction whose result goes to a new register of a type.
func (r *routine) put(kind int, op string, args ...string) string {
	d := r.reg(kind)
	r.do(op, append([]string{d}, args...)...)
	return d
}

// do writes an instruction.
func (r *routine) do(op string, args ...string) {
	fmt.Fprintf(&r.text, "\t%s \t%s;\n", op, strings.Join(args, ", "))
}

// when writes a jump to a label where p is set, or, with "!", where it is not.
func (r *routine) when(p, label string) { fmt.Fprintf(&r.text, "\t@%s bra \t%s;\n", p, label) }

// label is a new label, for the programmer's eye with a word.
func (r *routine) label(word string) string {
	r.labels++
	return fmt.Sprintf("$L_%s_%s_%d", r.name, word, r.labels)
}

func (r *routine) place(label string) { fmt.Fprintf(&r.text, "%s:\n", label) }

// writeTo writes the whole function, which has the parameters of so many types.
func (r *routine) writeTo(b *strings.Builder, linkage string, params ...string) {
	fmt.Fprintf(b, "%s\n{\n", head(r.name, linkage, params))
	for kind, n := range r.used {
		if n > 0 {
			fmt.Fprintf(b, "\t.reg .%s \t%%%s<%d>;\n", types[kind].declared, types[kind].letter, n)
		}
	}
	fmt.Fprintf(b, "%s\tret;\n}\n", r.text.String())
}

// head is what stands before a function's body, with its parameters named as clang
// does.
func head(name, linkage string, params []string) string {
	list := make([]string, len(params))
	for i, p := range params {
		list[i] = fmt.Sprintf("\t.param .%s %s", p, param(name, i))
	}
	return fmt.Sprintf("%s.func %s(\n%s\n)", linkage, name, strings.Join(list, ",\n"))
}

// param is the name of a function's parameter.
func param(name string, i int) string { return fmt.Sprintf("%s_param_%d", name, i) }
