package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

type adder = func(name, descr string, shape []int, body []byte)

// Two sequences, of lengths 2 and 3, of x[2] and a scalar y.
var (
	raggedX   = []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	paddedX   = []float32{1, 2, 3, 4, -1, -1, 5, 6, 7, 8, 9, 10}
	pairModel = Schema{Vars: []Var{{Name: "x", Kind: Real}, {Name: "y", Kind: Count, Size: 1}, {Name: "age", Role: Static, Size: 1}}}
)

func TestLayoutsAgree(t *testing.T) {
	rest := func(add adder) { add("age", "<f8", []int{2}, raw([]float64{30, 40})) }
	want := ""
	for name, fill := range map[string]func(add adder){
		"ragged": func(add adder) {
			add("x", "<f4", []int{5, 2}, raw(raggedX))
			add("y", "|u1", []int{5}, []byte{1, 2, 3, 4, 5})
			add("lengths", "<i4", []int{2}, raw([]int32{2, 3}))
		},
		"padded with mask": func(add adder) {
			add("x", "<f4", []int{2, 3, 2}, raw(paddedX))
			add("y", "<i8", []int{2, 3}, raw([]int64{1, 2, -9, 3, 4, 5}))
			add("mask", "|b1", []int{2, 3}, []byte{1, 1, 0, 1, 1, 1})
		},
		"padded with lengths": func(add adder) {
			add("x", "<f4", []int{2, 3, 2}, raw(paddedX))
			add("y", "<u2", []int{2, 3}, raw([]uint16{1, 2, 9, 3, 4, 5}))
			add("lengths", "|u1", []int{2}, []byte{2, 3})
		},
	} {
		t.Run(name, func(t *testing.T) {
			set := mustRead(t, "a.npz", npz(t, func(add adder) { fill(add); rest(add) }), pairModel)
			wantValues(t, set, "x", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
			wantValues(t, set, "y", 1, 2, 3, 4, 5)
			wantValues(t, set, "age", 30, 40)
			if got := set.fingerprint(); want != "" && got != want {
				t.Errorf("fingerprint %s, want %s", got, want)
			}
			want = set.fingerprint()
		})
	}
}

func TestOneSequenceNeedsNoLengths(t *testing.T) {
	text := npz(t, func(add adder) {
		add("x", "<f4", []int{5, 2}, raw(raggedX))
		add("y", "|u1", []int{5}, []byte{1, 2, 3, 4, 5})
		add("age", "<f4", []int{}, raw(float32(30)))
	})
	set := mustRead(t, "a.npz", text, pairModel)
	if len(set.Sequences) != 1 || set.Sequences[0].Len != 5 {
		t.Errorf("lengths %v, want [5]", set.Lengths())
	}
	wantValues(t, set, "age", 30)
}

func TestMaskHolesAreMissing(t *testing.T) {
	text := npz(t, func(add adder) {
		add("x", "|u1", []int{2, 3}, []byte{1, 9, 1, 0, 9, 9})
		add("mask", "|u1", []int{2, 3}, []byte{1, 0, 1, 1, 0, 0})
	})
	s := scalar(Binary)
	_, found := readText(t, "a.npz", text, s)
	wantCode(t, found, diag.MissingValue, "a.npz:2:1:")
	s.Vars[0].Missing = true
	set := mustRead(t, "a.npz", text, s)
	wantValues(t, set, "x", 1, nan, 1, 0)
}

// Fortran order is what numpy saves of a transposed array.
func TestFortranOrder(t *testing.T) {
	text := npz(t, func(add adder) { add("x", "<f4", []int{2, 3}, raw([]float32{1, 4, 2, 5, 3, 6})) })
	text = refit(t, text, "False, 'shape': (2, 3), }", "True, 'shape': (2, 3), } ")
	wantValues(t, mustRead(t, "a.npz", text, vector(Real, 3)), "x", 1, 2, 3, 4, 5, 6)

	text = npz(t, func(add adder) { add("x", "|u1", []int{2, 2, 2}, []byte{1, 5, 3, 7, 2, 6, 4, 8}) })
	text = refit(t, text, "False, 'shape': (2, 2, 2), }", "True, 'shape': (2, 2, 2), } ")
	wantValues(t, mustRead(t, "a.npz", text, vector(Real, 2)), "x", 1, 2, 3, 4, 5, 6, 7, 8)
}

// refit replaces a part of the headers of an archive and packs it again.
func refit(t *testing.T, archive, old, new string) string {
	t.Helper()
	zr, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, f := range zr.File {
		r, _ := f.Open()
		var body bytes.Buffer
		if _, err := body.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(body.String(), old) {
			t.Fatalf("%s has no %q", f.Name, old)
		}
		w, _ := zw.Create(f.Name)
		w.Write([]byte(strings.Replace(body.String(), old, new, 1)))
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestElementTypes(t *testing.T) {
	for descr, body := range map[string][]byte{
		"|b1": {1, 0}, "|u1": {1, 0}, "|i1": {1, 0}, "<u2": {1, 0, 0, 0}, ">i2": {0, 1, 0, 0},
		"<i4": raw([]int32{1, 0}), "<u4": raw([]uint32{1, 0}), "<i8": raw([]int64{1, 0}), "<u8": raw([]uint64{1, 0}),
		"<f2": {0x00, 0x3c, 0, 0x80}, "<f4": raw([]float32{1, 0}), "<f8": raw([]float64{1, 0}),
		">f8": {0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		t.Run(descr, func(t *testing.T) {
			set := mustRead(t, "a.npz", npz(t, func(add adder) { add("x", descr, []int{2}, body) }), scalar(Binary))
			wantValues(t, set, "x", 1, 0)
		})
	}
}

// The values are those of IEEE 754-2008, table 3.5.
func TestHalfFloats(t *testing.T) {
	for bits, want := range map[uint16]float64{
		0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0400: math.Ldexp(1, -14), 0x0001: math.Ldexp(1, -24),
		0x3555: 0.333251953125, 0x7c00: math.Inf(1), 0xfc00: math.Inf(-1), 0x8000: 0,
	} {
		if got := halfFloat(bits); got != want {
			t.Errorf("%#04x is %v, want %v", bits, got, want)
		}
	}
	if !math.IsNaN(halfFloat(0x7e00)) {
		t.Error("0x7e00 is a number")
	}
}

func TestArchiveDiagnostics(t *testing.T) {
	x := func(add adder) { add("x", "|u1", []int{5}, []byte{1, 0, 1, 0, 1}) }
	for _, c := range []struct {
		name string
		code diag.Code
		want string
		fill func(add adder)
	}{
		{"no arrays", diag.DataFormat, "no array", func(adder) {}},
		{"negative", diag.DataEmpty, "sequence 2 has length -1", func(add adder) { x(add); add("lengths", "<i4", []int{2}, raw([]int32{6, -1})) }},
		{"zero", diag.DataEmpty, "sequence 1 has length 0", func(add adder) { x(add); add("lengths", "<i4", []int{2}, raw([]int32{0, 5})) }},
		{"immense", diag.DataEmpty, "a.npz:1:1:", func(add adder) { x(add); add("lengths", "<i8", []int{1}, raw([]int64{math.MaxInt64})) }},
		{"sum", diag.DataRagged, "x has shape [5], but there are 2 sequences of 4 steps in all", func(add adder) { x(add); add("lengths", "<i4", []int{2}, raw([]int32{2, 2})) }},
		{"fractions", diag.DataRagged, "lengths has shape [1]", func(add adder) { x(add); add("lengths", "<f4", []int{1}, raw([]float32{5})) }},
		{"length beyond T", diag.DataRagged, "sequence 1 has length 3", func(add adder) {
			add("x", "|u1", []int{2, 2}, []byte{1, 0, 1, 0})
			add("lengths", "<i4", []int{2}, raw([]int32{3, 2}))
		}},
		{"empty mask row", diag.DataFormat, "the mask leaves no step to sequence 2", func(add adder) {
			add("x", "|u1", []int{2, 2}, []byte{1, 0, 1, 0})
			add("mask", "|b1", []int{2, 2}, []byte{1, 1, 0, 0})
		}},
		{"mask axes", diag.DataRagged, "mask has shape [4]", func(add adder) { x(add); add("mask", "|b1", []int{4}, []byte{1, 1, 0, 0}) }},
		{"objects", diag.DataType, `x has elements of type "|O"`, func(add adder) { add("x", "|O", []int{1}, []byte("12345678")) }},
		{"empty", diag.DataFormat, "it is empty", func(add adder) { add("x", "|u1", []int{0}, nil) }},
		{"negative shape", diag.DataFormat, "shape [-5]", func(add adder) { add("x", "|u1", []int{-5}, []byte{1}) }},
		{"lying shape", diag.DataFormat, "but holds 5", func(add adder) { add("x", "|u1", []int{1000}, []byte{1, 2, 3, 4, 5}) }},
		{"immense shape", diag.DataFormat, "more than", func(add adder) { add("x", "|u1", []int{1 << 40, 1 << 40}, []byte{1}) }},
		{"wide", diag.DataHeader, "columns", func(add adder) { add("x", "|u1", []int{1, maxColumns + 1}, make([]byte, maxColumns+1)) }},
		{"names", diag.DataRagged, "sequence has shape [2]", func(add adder) { x(add); add("sequence", "<i4", []int{2}, raw([]int32{1, 2})) }},
		{"same name", diag.DataOrder, "two sequences are called 7", func(add adder) {
			x(add)
			add("lengths", "<i4", []int{2}, raw([]int32{2, 3}))
			add("sequence", "<i4", []int{2}, raw([]int32{7, 7}))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, "a.npz", npz(t, c.fill), scalar(Binary))
			wantCode(t, found, c.code, c.want)
		})
	}
}

func TestOddArraysAreLeftOut(t *testing.T) {
	set, found := readText(t, "a.npz", npz(t, func(add adder) {
		add("pitch", "<i4", []int{3}, raw([]int32{21, 22, 23}))
		add("about", "|S4", []int{1}, []byte("text"))
		add("x", "|u1", []int{2}, []byte{1, 0})
	}), scalar(Binary))
	wantCode(t, found, diag.UnusedColumn, "pitch has shape [3]")
	wantCode(t, found, diag.UnusedColumn, "about has elements of type")
	if set == nil {
		t.Fatal("nothing was read")
	}
	wantValues(t, set, "x", 1, 0)
}

func TestDamagedArchives(t *testing.T) {
	good := npz(t, func(add adder) { add("x", "<i4", []int{64}, raw(make([]int32, 64))) })
	for n := 0; n < len(good); n += 7 {
		if _, found := readText(t, "a.npz", good[:n], scalar(Count)); !found.HasErrors() {
			t.Errorf("the first %d of %d bytes were read", n, len(good))
		}
	}
	bad := []byte(good)
	bad[60] ^= 0x55 // within the compressed body
	if _, found := readText(t, "a.npz", string(bad), scalar(Count)); !found.HasErrors() {
		t.Error("a damaged body was read")
	}
	for _, old := range []string{"'descr'", "'shape'", "}", "\n", "False"} {
		_, found := readText(t, "a.npz", refit(t, good, old, strings.Repeat("?", len(old))), scalar(Count))
		if old != "}" || found.HasErrors() {
			wantCode(t, found, diag.DataFormat, "")
		}
	}
}

// A file of 64 kB that unfolds to 64 MB is stopped at the limit.
func TestBombIsRefused(t *testing.T) {
	const size = 64 << 20
	text := npz(t, func(add adder) { add("x", "|u1", []int{size}, make([]byte, size)) })
	for _, limit := range []int64{1 << 20, 100 << 20} { // by the claim, and by what the rows take
		p := newProblems("a.npz")
		in := input{"a.npz", strings.NewReader(text), int64(len(text)), limit}
		readSet(&formats[4], in, scalar(Binary), p)
		wantCode(t, p.list(), diag.DataFormat, fmt.Sprintf("more than %d bytes", limit))
	}
}
