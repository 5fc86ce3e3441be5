package ptx

import (
	"fmt"
	"strings"
)

// entry is the function by which kernels reach programs.
const entry = "map_program"

// entryTypes is the types of its parameters.
var entryTypes = append([]string{"b32"}, parameters...)

// writeDispatcher writes the function that calls program number one of n.
func writeDispatcher(b *strings.Builder, n int) {
	d := dispatcher{routine: &routine{name: entry}, done: "$L_" + entry + "_done"}
	d.program = d.put(integer, "ld.param.b32", "["+param(entry, 0)+"]")
	for i, t := range parameters {
		kind := integer
		if i == arrays {
			kind = address
		}
		d.args = append(d.args, d.put(kind, "ld.param."+t, "["+param(entry, i+1)+"]"))
	}
	if n > 0 {
		d.choose(0, n)
		d.place(d.done)
	}
	d.writeTo(b, ".visible ", entryTypes...)
}

// A dispatcher writes calls.
type dispatcher struct {
	*routine
	program string
	args    []string
	done    string
}

// choose calls the program, which is one of lo to hi, by halving.
func (d *dispatcher) choose(lo, hi int) {
	if hi-lo == 1 {
		d.call(lo)
		d.do("bra.uni", d.done)
		return
	}
	mid, upper := (lo+hi)/2, d.label("from")
	d.when(d.put(predicate, "setp.ge.s32", d.program, fmt.Sprint(mid)), upper)
	d.choose(lo, mid)
	d.place(upper)
	d.choose(mid, hi)
}

// call calls a program with the arguments of the dispatcher.
func (d *dispatcher) call(program int) {
	d.text.WriteString("\t{\n")
	names := make([]string, len(parameters))
	for i, t := range parameters {
		names[i] = fmt.Sprint("a", i)
		d.do(".param ."+t, names[i])
		d.do("st.param."+t, "["+names[i]+"]", d.args[i])
	}
	d.do("call.uni", fmt.Sprint("map_", program), "("+strings.Join(names, ", ")+")")
	d.text.WriteString("\t}\n")
}
