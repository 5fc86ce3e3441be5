package data

import (
	"math"

	"ssmc/lang/diag"
)

// maxExact is the largest whole number up to which every one is a float32.
const maxExact = 1 << 24

// A checker turns the cells of one variable into values, reporting those that
// the variable's type does not allow.
type checker struct {
	v *Var
	p *problems
}

// value reads one cell. It is missing, with ok false, where the cell is blank or
// not allowed.
func (k checker) value(c cell, name string, at place) (x float32, ok bool) {
	c = c.resolve()
	switch c.kind {
	case refused:
		return 0, false
	case blank:
		k.blank(name, at)
		return 0, false
	case label, instant:
		k.p.errorf(diag.DataType, name, at, k.labelHelp(), "%s is %s, not a number", name, c)
		return 0, false
	case truth:
		if k.v.Kind != Binary {
			k.p.errorf(diag.DataType, name, at, "declare it binary, or write numbers", "%s is %s, but %s is %s", name, c, k.v.Name, k.v.Kind)
			return 0, false
		}
	}
	if math.Abs(c.num) > math.MaxFloat32 {
		k.p.errorf(diag.NotFinite, name, at, "leave the field empty if the value is missing", "%s is %s, which is not a finite 32-bit number", name, c)
		return 0, false
	}
	return k.support(c.num, name, at)
}

func (k checker) blank(name string, at place) {
	if !k.v.Missing {
		k.p.errorf(diag.MissingValue, name, at, k.missingHelp(), "%s has no value", name)
	}
}

func (k checker) missingHelp() string {
	if k.v.Role == Observed {
		return "declare " + k.v.Name + " missing, or fill the field"
	}
	return "fill the field; what is " + k.v.Role.String() + " must be known"
}

func (k checker) labelHelp() string {
	if k.v.Kind == OneOf {
		return "write classes as the numbers 1, 2, ..., K"
	}
	return "leave the field empty if the value is missing; write decimals with a point and no separators"
}

// support checks a finite number against the type of the variable.
func (k checker) support(x float64, name string, at place) (float32, bool) {
	help := ""
	switch whole := x == math.Trunc(x); k.v.Kind {
	case Binary:
		if x != 0 && x != 1 {
			help = "binary values are 0 or 1"
		}
	case Count:
		if help = "counts are 0, 1, 2, ..."; whole && x >= 0 {
			help = tooLarge(x)
		}
	case OneOf:
		if help = k.classHelp(x); help == "" {
			x--
		}
	}
	if help != "" {
		k.p.errorf(diag.DataSupport, name, at, help, "%s is %s, but %s is %s", name, formatNumber(x), k.v.Name, k.typeText())
		return 0, false
	}
	return float32(x), k.inRange(x, name, at)
}

// inRange checks a number, as it is kept, against the distribution of the variable.
func (k checker) inRange(x float64, name string, at place) bool {
	r := k.v.Range
	if r == nil || r.holds(float64(float32(x))) {
		return true
	}
	k.p.errorf(diag.DataSupport, name, at, k.rangeHelp(), "%s is %s, but %s is drawn from %s, over %s",
		name, formatNumber(x), k.v.Name, r.Of, r.text(k.v.Kind))
	return false
}

// holds reports whether x is in r, whose ends are rounded as x is.
func (r *Range) holds(x float64) bool {
	lo, hi := float64(float32(r.Low)), float64(float32(r.High))
	return x > lo && x < hi || r.Ends && (x == lo || x == hi)
}

// text is r in words.
func (r *Range) text(k Kind) string {
	lo, hi := formatNumber(r.Low), formatNumber(r.High)
	switch {
	case k == Count:
		return "counts from " + lo + " to " + hi
	case math.IsInf(r.Low, -1):
		return "numbers up to " + hi
	case math.IsInf(r.High, 1) && r.Ends:
		return "numbers from " + lo
	case math.IsInf(r.High, 1):
		return "numbers above " + lo
	case r.Ends:
		return "numbers from " + lo + " to " + hi
	}
	return "numbers above " + lo + " and below " + hi
}

func (k checker) rangeHelp() string {
	if k.v.Missing {
		return "correct the value or leave the field empty, or draw " + k.v.Name + " from a distribution over more values"
	}
	return "correct the value, or draw " + k.v.Name + " from a distribution over more values"
}

func tooLarge(x float64) string {
	if x > maxExact {
		return "counts above 16777216 are not exact in 32-bit floats"
	}
	return ""
}

// classHelp says why x is not a class, or nothing.
func (k checker) classHelp(x float64) string {
	switch {
	case x == 0:
		return "classes are counted from 1: add 1 to each"
	case x != math.Trunc(x) || x < 0 || x > maxExact || k.v.Classes > 0 && x > float64(k.v.Classes):
		return "classes are whole numbers from 1 to K"
	}
	return ""
}

func (k checker) typeText() string {
	if k.v.Kind == OneOf && k.v.Classes > 0 {
		return "one_of[" + itoa(k.v.Classes) + "]"
	}
	return k.v.Kind.String()
}
