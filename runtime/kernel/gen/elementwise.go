package main

import "strings"

// function is one that element-wise routines compute, of one value or of two, by the
// name of its constant in package kernel.
type function struct {
	name string
	of1  func(x vec) vec
	of2  func(x, y vec) vec
}

// unaryFunctions are those of one value.
func (a *asm) unaryFunctions() []function {
	var list []function
	for _, f := range []struct {
		name string
		of   func(x vec) vec
	}{
		{"Neg", a.neg}, {"Exp", a.exp}, {"Log", a.log}, {"Sqrt", a.sqrt}, {"Sigmoid", a.sigmoid},
		{"Tanh", a.tanh}, {"Softplus", a.softplus}, {"Relu", a.relu}, {"Step", a.step}, {"Abs", a.abs},
		{"Recip", a.recip}, {"Square", a.square},
	} {
		list = append(list, function{name: f.name, of1: f.of})
	}
	return list
}

// unaries emits a routine for each function of one value.
func unaries(a *asm) {
	for _, f := range a.unaryFunctions() {
		a.begin("unary["+f.name+"]", lower(f.name), "(dst, x []float32)")
		dst, x := a.base("dst"), a.base("x")
		a.each(a.length("dst"), func(l *loop) { l.store(f.of1(l.load(x)), dst) })
		a.end()
	}
}

// binaryFunctions are those of two values.
func (a *asm) binaryFunctions() []function {
	var list []function
	for _, f := range []struct {
		name string
		of   func(x, y vec) vec
	}{
		{"Add", func(x, y vec) vec { return a.add(x, y) }},
		{"Sub", func(x, y vec) vec { return a.sub(x, y) }},
		{"Mul", func(x, y vec) vec { return a.mul(x, y) }},
		{"Div", func(x, y vec) vec { return a.div(x, y) }},
		{"Max", func(x, y vec) vec { return a.extreme(a.VMAXPS, x, y) }},
		{"Min", func(x, y vec) vec { return a.extreme(a.VMINPS, x, y) }},
		{"Greater", func(x, y vec) vec { return a.indicator(greater, x, y) }},
		{"GreaterEq", func(x, y vec) vec { return a.indicator(greaterEq, x, y) }},
		{"Equal", func(x, y vec) vec { return a.indicator(equal, x, y) }},
	} {
		list = append(list, function{name: f.name, of2: f.of})
	}
	return list
}

// binaries emits three routines for each function of two values: of two slices, of
// a slice and a scalar, and of a scalar and a slice.
func binaries(a *asm) {
	for _, f := range a.binaryFunctions() {
		pairs(a, f.name, f.of2)
		scalar(a, "scalar["+f.name+"]", f.name+"Scalar", f.of2)
		scalar(a, "left["+f.name+"]", f.name+"Left", func(x, s vec) vec { return f.of2(s, x) })
	}
}

// extreme returns the maximum or minimum that f gives, which is y if either is NaN;
// where x is NaN, so is the result.
func (a *asm) extreme(f binary, x, y vec) vec {
	return a.blend(a.cmp(unordered, x, x), x, a.do(f, x, y))
}

// indicator returns 1 where the predicate holds, else 0; their sum, which is NaN,
// where x or y is.
func (a *asm) indicator(predicate uint8, x, y vec) vec {
	one := a.where(a.cmp(predicate, x, y), a.num(1))
	return a.blend(a.cmp(unordered, x, y), a.add(x, y), one)
}

func pairs(a *asm, name string, of func(x, y vec) vec) {
	a.begin("binary["+name+"]", lower(name), "(dst, a, b []float32)")
	dst, x, y := a.base("dst"), a.base("a"), a.base("b")
	a.each(a.length("dst"), func(l *loop) { l.store(of(l.load(x), l.load(y)), dst) })
	a.end()
}

func scalar(a *asm, where, name string, of func(x, s vec) vec) {
	a.begin(where, lower(name), "(dst, a []float32, s float32)")
	dst, x, s := a.base("dst"), a.base("a"), a.broadcast("s")
	a.each(a.length("dst"), func(l *loop) { l.store(of(l.load(x), s), dst) })
	a.end()
}

// lower returns a name with its first letter in lower case.
func lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }
