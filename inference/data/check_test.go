package data

import (
	"math"
	"slices"
	"testing"

	"ssmc/lang/diag"
)

func TestSupports(t *testing.T) {
	classes := Schema{Vars: []Var{{Name: "x", Kind: OneOf, Size: 1, Classes: 3}}}
	for _, c := range []struct {
		name, value string
		schema      Schema
		code        diag.Code
		want        string
	}{
		{"binary 2", "2", scalar(Binary), diag.DataSupport, "x is 2, but x is binary; binary values are 0 or 1"},
		{"binary half", "0.5", scalar(Binary), diag.DataSupport, "x is 0.5"},
		{"count half", "1.5", scalar(Count), diag.DataSupport, "counts are 0, 1, 2"},
		{"count negative", "-1", scalar(Count), diag.DataSupport, "x is -1"},
		{"count inexact", "16777217", scalar(Count), diag.DataSupport, "not exact"},
		{"class 0", "0", classes, diag.DataSupport, "x is 0, but x is one_of[3]; classes are counted from 1"},
		{"class 4", "4", classes, diag.DataSupport, "from 1 to K"},
		{"class half", "1.5", classes, diag.DataSupport, "whole numbers"},
		{"class text", "red", classes, diag.DataType, "write classes as the numbers 1, 2, ..., K"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, "a.csv", "t,x\n1,1\n2,"+c.value+"\n3,1\n", c.schema)
			wantCode(t, found, c.code, c.want)
		})
	}
}

// TestRanges reads a value against what its distribution allows.
func TestRanges(t *testing.T) {
	inf := math.Inf(1)
	positive, unit := Range{0, inf, false, "Gamma"}, Range{0, 1, false, "Beta"}
	for _, c := range []struct {
		kind  Kind
		value string
		r     Range
		want  string // empty for what is allowed
	}{
		{Real, "-0.5", positive, "a.csv:3:2: error[data-support]: x is -0.5, but x is drawn from Gamma, over numbers above 0"},
		{Real, "0", positive, "x is 0"},
		{Real, "1e-60", positive, "x is 1e-60"}, // zero as it is kept
		{Real, "1e-30", positive, ""},
		{Real, "0", Range{0, inf, true, "Exponential"}, ""},
		{Real, "-1", Range{0, inf, true, "Exponential"}, "over numbers from 0"},
		{Real, "1", unit, "over numbers above 0 and below 1"},
		{Real, "0.1", Range{0.1, 3, true, "Uniform"}, ""},
		{Real, "3.5", Range{-inf, 3, true, "Uniform"}, "over numbers up to 3"},
		{Real, "180", Range{-3, 3, true, "VonMises"}, "over numbers from -3 to 3; correct the value, or draw x from"},
		{Count, "11", Range{0, 10, true, "Binomial"}, "x is 11, but x is drawn from Binomial, over counts from 0 to 10"},
		{Count, "10", Range{0, 10, true, "Binomial"}, ""},
	} {
		s := scalar(c.kind)
		s.Vars[0].Range = &c.r
		_, found := readText(t, "a.csv", "t,x\n1,1\n2,"+c.value+"\n", s)
		if found = withCode(found, diag.DataSupport); c.want == "" && len(found) == 0 {
			continue
		}
		wantCode(t, found, diag.DataSupport, c.want)
	}
}

// withCode is the findings of one code.
func withCode(found diag.List, code diag.Code) diag.List {
	return slices.DeleteFunc(found, func(d *diag.Diagnostic) bool { return d.Code != code })
}

func TestClassesCountFromZeroInMemory(t *testing.T) {
	s := mustRead(t, "a.csv", "x\n1\n3\n2\n", scalar(OneOf))
	wantValues(t, s, "x", 0, 2, 1)
	if s.Vars[0].Classes != 3 {
		t.Errorf("%d classes, want the 3 of the data", s.Vars[0].Classes)
	}
}

func TestBooleansAreBinaryOnly(t *testing.T) {
	text := `{"t":1,"x":true}` + "\n" + `{"t":2,"x":false}` + "\n"
	wantValues(t, mustRead(t, "a.jsonl", text, scalar(Binary)), "x", 1, 0)
	_, found := readText(t, "a.jsonl", text, scalar(Count))
	wantCode(t, found, diag.DataType, "x is true, but x is count")
}

// Values are kept in bytes as long as they fit, whatever order they come in.
func TestStorageKeepsValues(t *testing.T) {
	want := []float32{0, 255, 1, 256, 3, -1, 0.5, float32(math.Pi), 1 << 24}
	for split := range want {
		b := block{size: 1}
		for _, x := range append(append([]float32{}, want[split:]...), want[:split]...) {
			b.append(x)
		}
		b.appendMissing()
		for i := range want {
			if got := b.at(i); got != want[(i+split)%len(want)] || !b.has(i) {
				t.Fatalf("value %d is %v, want %v", i, got, want[(i+split)%len(want)])
			}
		}
		if b.has(len(want)) || b.at(len(want)) != 0 {
			t.Error("the missing value is there")
		}
	}
}

func TestStaticVariables(t *testing.T) {
	s := scalar(Real)
	s.Vars = append(s.Vars, Var{Name: "age", Role: Static, Size: 1})
	set := mustRead(t, "a.csv", "sequence,x,age\n1,1,30.5\n1,2,30.5\n2,3,41\n2,4,41\n", s)
	wantValues(t, set, "age", 30.5, 41)

	_, found := readText(t, "a.csv", "sequence,x,age\n1,1,30\n1,2,31\n", s)
	wantCode(t, found, diag.DataStatic, "a.csv:3:3: error[data-static]: age is static, but changes from 30 to 31")

	s.Vars[1].Missing = true
	set = mustRead(t, "a.csv", "sequence,x,age\n1,1,\n1,2,30.5\n2,3,\n2,4,\n", s)
	wantValues(t, set, "age", 30.5, nan)
}
