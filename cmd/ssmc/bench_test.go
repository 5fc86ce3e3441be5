package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"ssmc/inference"
	"ssmc/lang/diag"
	"ssmc/runtime/cpu"
)

// TestBenchJSON asks that the numbers of a measurement agree with each other.
func TestBenchJSON(t *testing.T) {
	var out bytes.Buffer
	g := newGlobals(context.Background())
	g.out, g.err, g.JSON = &out, &out, true
	c := &benchCmd{Model: "weather", Data: "seattle-weather", Updates: 3, Threads: []int{1, 2}}
	if err := c.Run(&g); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&out)
	dec.DisallowUnknownFields()
	for threads := 1; threads <= 2; threads++ {
		var r speedRecord
		if err := dec.Decode(&r); err != nil {
			t.Fatal(err)
		}
		checkRecord(t, &r, threads)
	}
}

func checkRecord(t *testing.T, r *speedRecord, threads int) {
	t.Helper()
	if r.Threads != threads || r.Updates != 3 || r.Model != "Weather" || r.Parameters <= 0 {
		t.Errorf("%+v", r)
	}
	if r.Update <= 0 || r.Fast > r.Update || r.Update > r.Slow || r.Start < r.Fast {
		t.Errorf("an update takes %v, from %v to %v, the first %v ms", r.Update, r.Fast, r.Slow, r.Start)
	}
	time, flop := 0.0, 0.0
	for _, p := range r.Phases {
		time, flop = time+p.Forward+p.Back, flop+p.Flop
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-6*want { // times are whole ns
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	near("the work of the phases", flop, r.Flop)
	near("the rate", r.Rate, flop/time*1e3)
	near("the part of the peak", r.OfPeak, 100*r.Rate/r.Peak)
	near("frames a second", r.PerSecond, float64(r.Frames)/r.Epoch)
	if r.Products <= 0 || r.Products > r.Flop {
		t.Errorf("%v GFLOP of products among %v", r.Products, r.Flop)
	}
}

func TestPlaceOf(t *testing.T) {
	for pos, want := range map[string]struct {
		file string
		line int
		ok   bool
	}{
		"a.ssm:3:14":                {"a.ssm", 3, true},
		"a.ssm:3":                   {"a.ssm", 3, true},
		`C:\models\a.ssm:3:14`:      {`C:\models\a.ssm`, 3, true},
		"guide DKS in full:12:1":    {"guide DKS in full", 12, true},
		"":                          {"", 0, false},
		"a.ssm":                     {"a.ssm", 0, false},
		"3:4:5:6":                   {"3:4", 5, true},
		"models/my first.ssm:10:20": {"models/my first.ssm", 10, true},
	} {
		if file, line, ok := placeOf(pos); file != want.file || line != want.line || ok != want.ok {
			t.Errorf("%q is %q, line %d, %v", pos, file, line, ok)
		}
	}
}

// TestByLine adds up what comes from one line, and shows its text.
func TestByLine(t *testing.T) {
	phases := []inference.Phase{
		{Name: inference.Waiting, Forward: 1},
		{Pos: "a.ssm:2:3", Forward: 2, Back: 3, Flops: cpu.Flops{Products: 5}},
		{Pos: "a.ssm:1:3", Forward: 4},
		{Pos: "a.ssm:2:9", Forward: 6, Back: 7, Flops: cpu.Flops{Others: 6}},
	}
	sources := map[string]*diag.Source{"a.ssm": {Text: "one\n  two // three\n"}}
	lines := byLine(phases)
	var text []string
	for _, l := range lines {
		text = append(text, phaseText(l, sources))
	}
	if got := strings.Join(text, "|"); got != "wait for a batch|a.ssm:2  two|a.ssm:1  one" {
		t.Errorf("lines %s", got)
	}
	if l := lines[1]; l.Forward != 8 || l.Back != 10 || l.Flops.Total() != 11 {
		t.Errorf("line 2 is %+v", l)
	}
}

func TestSignificant(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.001234: "0.00123", 1.236: "1.24", 12.36: "12.4", 1236: "1236"} {
		if got := significant(x); got != want {
			t.Errorf("%v is %s, want %s", x, got, want)
		}
	}
	if got := millis(1500 * time.Microsecond); got != "1.5" {
		t.Errorf("1.5 ms is %s", got)
	}
}
