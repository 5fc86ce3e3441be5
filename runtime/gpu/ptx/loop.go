package ptx

import (
	"fmt"
	"math/bits"
	"strings"

	"ssmc/runtime/scalar"
)

// Parameters of a program's function, as of map_program but for the first.
const (
	arrays = iota
	lo
	hi
	thread
	threads
)

var parameters = []string{arrays: "b64", lo: "b32", hi: "b32", thread: "b32", threads: "b32"}

// arraySize is the bytes of an Array of program.h: pointer, ld, axis.
const arraySize = 16

// warp is the threads that exchange numbers without shared memory.
const warp = 32

// A loop writes a program: the loop over rows and columns, and at each the formulas.
type loop struct {
	*routine
	prog   *Program
	inline map[string]*snippet
	places []place // of arguments, and then of outputs
	params [threads + 1]string
	loaded map[*scalar.Expr]string
}

// A place is where an array is, as registers.
type place struct {
	once, wide bool
	base       string
	pitch      string // bytes from row to row
	row        string // address of the row at hand
}

// writeProgram writes p as the function name.
func writeProgram(b *strings.Builder, name string, p *Program, inline map[string]*snippet) {
	p.check()
	l := &loop{routine: &routine{name: name}, prog: p, inline: inline, loaded: map[*scalar.Expr]string{}}
	l.begin()
	if p.sums() {
		l.overRows()
	} else {
		l.overAll()
	}
	l.writeTo(b, "", parameters...)
}

// begin reads the parameters and the table of arrays.
func (l *loop) begin() {
	for i, t := range parameters {
		kind := integer
		if i == arrays {
			kind = address
		}
		l.params[i] = l.put(kind, "ld.param."+t, "["+param(l.name, i)+"]")
	}
	for _, a := range l.prog.Args {
		l.addPlace(a.Once, a.Wide)
	}
	for _, o := range l.prog.Outs {
		l.addPlace(false, o.Wide && !o.Sum)
	}
	for i, a := range l.prog.Args {
		if a.Once && !a.Wide {
			l.load(i, l.places[i].base)
		}
	}
}

func (l *loop) addPlace(once, wide bool) {
	at := len(l.places) * arraySize
	p := place{once: once, wide: wide}
	p.base = l.put(address, "ld.global.b64", fmt.Sprintf("[%s+%d]", l.params[arrays], at))
	p.row = p.base
	if !once {
		ld := l.put(integer, "ld.global.b32", fmt.Sprintf("[%s+%d]", l.params[arrays], at+8))
		p.pitch = l.put(integer, "shl.b32", ld, "2")
	}
	l.places = append(l.places, p)
}

// load reads argument i at an address.
func (l *loop) load(i int, at string) {
	l.loaded[scalar.Var(l.prog.Args[i].Name)] = l.put(number, "ld.global.f32", "["+at+"]")
}

// overAll goes over all rows and columns as one. A thread's next row and column are
// sums: only the first takes a division.
func (l *loop) overAll() {
	next, done := l.label("next"), l.label("done")
	width, col, colStep := fmt.Sprint(l.prog.Width), "", ""
	row, rowStep := l.params[thread], l.params[threads]
	if l.prog.Width > 1 {
		row, col = l.divide(row, width)
		rowStep, colStep = l.divide(rowStep, width)
	}
	row = l.put(integer, "add.s32", row, l.params[lo])
	l.place(next)
	l.when(l.put(predicate, "setp.ge.s32", row, l.params[hi]), done)
	l.enterRow(row)
	l.store(l.evaluate(col), col)
	l.do("add.s32", row, row, rowStep)
	if l.prog.Width > 1 {
		l.do("add.s32", col, col, colStep)
		over := l.put(predicate, "setp.ge.s32", col, width)
		fmt.Fprintf(&l.text, "\t@%s sub.s32 \t%s, %s, %s;\n", over, col, col, width)
		fmt.Fprintf(&l.text, "\t@%s add.s32 \t%s, %s, 1;\n", over, row, row)
	}
	l.do("bra.uni", next)
	l.place(done)
}

// divide is n/d and what is left.
func (l *loop) divide(n, d string) (quotient, rest string) {
	quotient = l.put(integer, "div.u32", n, d)
	return quotient, l.put(integer, "rem.u32", n, d)
}

// enterRow finds the addresses of a row, and reads arguments of one number a row.
func (l *loop) enterRow(row string) {
	for i := range l.places {
		p := &l.places[i]
		if p.once {
			continue
		}
		p.row = l.put(address, "mad.wide.s32", row, p.pitch, p.base)
		if i < len(l.prog.Args) && !p.wide {
			l.load(i, p.row)
		}
	}
}

// evaluate reads what varies by column, and yields the operand of each output.
func (l *loop) evaluate(col string) []string {
	for i := range l.prog.Args {
		if l.places[i].wide {
			l.load(i, l.at(i, col))
		}
	}
	w := formulaWriter{routine: l.routine, inline: l.inline, values: l.loaded, known: map[string]string{}}
	results := make([]string, len(l.prog.Outs))
	for i, o := range l.prog.Outs {
		results[i] = w.register(w.value(o.Expr))
	}
	return results
}

// at is the address of the element at hand of array i.
func (l *loop) at(i int, col string) string {
	if !l.places[i].wide || col == "" {
		return l.places[i].row
	}
	return l.put(address, "mad.wide.s32", col, "4", l.places[i].row)
}

// store writes the results that are no sums; those that are added come last.
func (l *loop) store(results []string, col string) {
	for _, add := range []bool{false, true} {
		for i, o := range l.prog.Outs {
			if o.Add == add && !(o.Sum && l.prog.Width > 1) {
				l.write(i, l.at(len(l.prog.Args)+i, col), results[i])
			}
		}
	}
}

// write stores v as output i.
func (l *loop) write(i int, at, v string) {
	if l.prog.Outs[i].Add {
		v = l.put(number, "add.rn.f32", v, l.put(number, "ld.global.f32", "["+at+"]"))
	}
	l.do("st.global.f32", "["+at+"]", v)
}

// overRows gives each row as many neighbouring lanes of a warp as it has columns, a
// power of two: all 32 where rows are long. They take columns in turn, and add up
// their sums in an order that depends on the width alone.
func (l *loop) overRows() {
	group := min(warp, 1<<bits.Len(uint(l.prog.Width-1)))
	next, added, done := l.label("next"), l.label("added"), l.label("done")
	lane := l.put(integer, "and.b32", l.params[thread], fmt.Sprint(warp-1))
	first := l.put(integer, "and.b32", lane, fmt.Sprint(group-1))
	base := l.put(integer, "add.s32", l.rowsOf(l.params[thread], group), l.params[lo])
	step := l.rowsOf(l.params[threads], group)
	own := l.put(integer, "shr.u32", lane, fmt.Sprint(bits.TrailingZeros(uint(group))))
	l.place(next)
	l.when(l.put(predicate, "setp.ge.s32", base, l.params[hi]), done)
	row := l.put(integer, "add.s32", base, own)
	sums := l.zeros()
	l.when(l.put(predicate, "setp.ge.s32", row, l.params[hi]), added)
	l.enterRow(row)
	l.overColumns(first, group, sums)
	l.place(added)
	l.gather(sums, group)
	l.storeSums(sums, row, first)
	l.do("add.s32", base, base, step)
	l.do("bra.uni", next)
	l.place(done)
}

// rowsOf is the rows that whole warps of n threads take at a time.
func (l *loop) rowsOf(n string, group int) string {
	warps := l.put(integer, "shr.u32", n, "5")
	return l.put(integer, "mul.lo.s32", warps, fmt.Sprint(warp/group))
}

// zeros is a register for the sum of each output that is one.
func (l *loop) zeros() map[int]string {
	sums := map[int]string{}
	for i, o := range l.prog.Outs {
		if o.Sum {
			sums[i] = l.put(number, "mov.f32", literal(0))
		}
	}
	return sums
}

// overColumns goes over columns from first on by step.
func (l *loop) overColumns(first string, step int, sums map[int]string) {
	next, done := l.label("column"), l.label("columns_done")
	col := l.put(integer, "mov.b32", first)
	l.place(next)
	l.when(l.put(predicate, "setp.ge.s32", col, fmt.Sprint(l.prog.Width)), done)
	results := l.evaluate(col)
	l.store(results, col)
	for i := range l.prog.Outs {
		if s, ok := sums[i]; ok {
			l.do("add.rn.f32", s, s, results[i])
		}
	}
	l.do("add.s32", col, col, fmt.Sprint(step))
	l.do("bra", next)
	l.place(done)
}

// gather adds up the sums of a group's lanes, in each of them.
func (l *loop) gather(sums map[int]string, group int) {
	for i := range l.prog.Outs {
		s, ok := sums[i]
		if !ok {
			continue
		}
		for d := group / 2; d > 0; d /= 2 {
			other := l.put(number, "shfl.sync.bfly.b32", s, fmt.Sprint(d), "31", "-1")
			l.do("add.rn.f32", s, s, other)
		}
	}
}

// storeSums has the first lane of each group store.
func (l *loop) storeSums(sums map[int]string, row, first string) {
	skip := l.label("stored")
	l.when(l.put(predicate, "setp.ge.s32", row, l.params[hi]), skip)
	l.when(l.put(predicate, "setp.ne.s32", first, "0"), skip)
	for _, add := range []bool{false, true} {
		for i, o := range l.prog.Outs {
			if s, ok := sums[i]; ok && o.Add == add {
				at := l.put(address, "mad.wide.s32", row, l.places[len(l.prog.Args)+i].pitch, l.places[len(l.prog.Args)+i].base)
				l.write(i, at, s)
			}
		}
	}
	l.place(skip)
}
