package ptx

import (
	"fmt"
	"math"
	"strings"

	"ssmc/runtime/scalar"
)

// A formulaWriter writes formulas into a routine, each value once.
type formulaWriter struct {
	*routine
	inline map[string]*snippet
	values map[*scalar.Expr]string // operands: registers, or numbers as they are
	known  map[string]string       // results of instructions, by their text
}

// arithmetic is the operators that are one instruction each.
var arithmetic = map[string]string{
	"+": "add.rn.f32", "-": "sub.rn.f32", "*": "mul.rn.f32", "/": "div.rn.f32", "neg": "neg.f32", "abs": "abs.f32",
	"sqrt": "sqrt.rn.f32", "recip": "rcp.rn.f32", "max": "max.NaN.f32", "min": "min.NaN.f32",
}

// commutes is the operators that give the same with their arguments swapped.
var commutes = map[string]bool{"+": true, "*": true, "max": true, "min": true, "equal": true}

// comparisons is the operators that are one or zero.
var comparisons = map[string]string{"greater": "gt", "greaterEq": "ge", "equal": "eq"}

// literal is a number as an operand.
func literal(v float64) string { return fmt.Sprintf("0f%08X", math.Float32bits(float32(v))) }

// value is the operand of e's value, which it writes what it needs for.
func (w *formulaWriter) value(e *scalar.Expr) string {
	if v, ok := w.values[e]; ok {
		return v
	}
	v := ""
	switch e.Op {
	case "num":
		v = literal(e.Value)
	case "var":
		panic("ptx: no argument is called " + e.Name)
	default:
		args := make([]string, len(e.Args))
		for i, a := range e.Args {
			args[i] = w.value(a)
		}
		v = w.once(e.Op, args)
	}
	w.values[e] = v
	return v
}

// once is f(args), unless that is known.
func (w *formulaWriter) once(f string, args []string) string {
	if commutes[f] && args[0] > args[1] {
		args = []string{args[1], args[0]}
	}
	key := f + " " + strings.Join(args, " ")
	v, ok := w.known[key]
	if !ok {
		v = w.apply(f, args)
		w.known[key] = v
	}
	return v
}

func (w *formulaWriter) apply(f string, args []string) string {
	if op, ok := arithmetic[f]; ok {
		return w.put(number, op, args...)
	}
	if c, ok := comparisons[f]; ok {
		return w.compare(c, args[0], args[1])
	}
	switch f {
	case "square":
		return w.put(number, "mul.rn.f32", args[0], args[0])
	case "relu":
		return w.put(number, "max.NaN.f32", args[0], literal(0))
	case "step":
		return w.compare("gt", args[0], literal(0))
	case "where": // NaN is not zero
		p := w.put(predicate, "setp.neu.f32", args[0], literal(0))
		return w.put(number, "selp.f32", args[1], args[2], p)
	}
	if s := w.inline["op_"+f]; s != nil {
		return w.paste(s, args)
	}
	return w.call(f, args)
}

// compare is one or zero, or NaN where an operand is.
func (w *formulaWriter) compare(c, a, b string) string {
	yes := w.put(predicate, "setp."+c+".f32", a, b)
	v := w.put(number, "selp.f32", literal(1), literal(0), yes)
	nan := w.put(predicate, "setp.nan.f32", a, b)
	return w.put(number, "selp.f32", literal(math.NaN()), v, nan)
}

// called is the functions of exports.h that are called by name.
var called = map[string]bool{
	"exp": true, "expm1": true, "log": true, "log1p": true, "sigmoid": true, "softplus": true, "tanh": true, "sin": true,
	"cos": true, "lgamma": true, "digamma": true, "trigamma": true, "log1mexp": true, "logndtr": true, "logi0e": true,
	"i1i0": true, "pow": true, "lbeta": true, "dlbeta": true,
}

// call is a call of f.
func (w *formulaWriter) call(f string, args []string) string {
	if !called[f] {
		panic("ptx: no instructions for " + f)
	}
	d := w.reg(number)
	names := make([]string, len(args))
	w.text.WriteString("\t{\n")
	for i, a := range args {
		names[i] = fmt.Sprint("a", i)
		w.do(".param .b32", names[i])
		w.do("st.param.f32", "["+names[i]+"]", w.register(a))
	}
	w.do(".param .b32", "r")
	w.do("call.uni", "(r)", "op_"+f, "("+strings.Join(names, ", ")+")")
	w.do("ld.param.f32", d, "[r]")
	w.text.WriteString("\t}\n")
	return d
}

// register is an operand as a register.
func (w *formulaWriter) register(a string) string {
	if strings.HasPrefix(a, "%") {
		return a
	}
	return w.put(number, "mov.f32", a)
}
