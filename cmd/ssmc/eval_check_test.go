package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/inference"
)

// TestGuideCheckIsKept compares what is printed as JSON with what the folder
// keeps, and its likelihood with that of eval without a check.
func TestGuideCheckIsKept(t *testing.T) {
	dir := workplace(t)
	ssmc(t, dir, "fit", "level.ssm", "data.csv", "--out", "run", "--quiet")
	plain := evaluate(t, dir, "run", "--samples", "40")
	if plain.GuideCheck != nil || exists(filepath.Join(dir, "run", "guide-check.json")) {
		t.Error("the guide was checked unasked")
	}
	e := evaluate(t, dir, "run", "--samples", "40", "--guide-check")
	if d := cmp.Diff(plain.Scores, e.Scores); d != "" {
		t.Errorf("the check changes the scores (-without +with):\n%s", d)
	}
	b, err := os.ReadFile(filepath.Join(dir, "run", "guide-check.json"))
	if err != nil {
		t.Fatal(err)
	}
	kept := struct {
		Run string
		*inference.GuideCheck
	}{}
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(e.GuideCheck, kept.GuideCheck); d != "" || kept.Run != e.ID {
		t.Errorf("the folder keeps another check (-printed +kept), of run %s:\n%s", kept.Run, d)
	}
	if c := e.GuideCheck; !near(c.NLL.Value, e.Scores[0].Value) || !near(c.Bound.Value-c.NLL.Value, c.Gap.Value) || len(c.Sequences) != c.NLL.Sequences {
		t.Errorf("%+v", c)
	}
}

// TestTrust says what follows from k-hat.
func TestTrust(t *testing.T) {
	check := func(readings ...inference.Reading) *inference.GuideCheck {
		g := &inference.GuideCheck{Readings: map[inference.Reading]int{}}
		for _, r := range readings {
			g.Sequences = append(g.Sequences, inference.SequenceCheck{Reading: r})
			g.Readings[r]++
		}
		return g
	}
	for _, c := range []struct {
		check *inference.GuideCheck
		want  string
	}{
		{check(inference.Unknown, inference.Unknown), "k-hat takes at least --samples 21"},
		{check(inference.Good, inference.Usable), "the likelihood can be trusted"},
		{check(inference.Good, inference.Untrusted, inference.Usable), "The likelihood of 1 of 3 sequences is not to be trusted"},
	} {
		if got := trust(c.check); !strings.Contains(got, c.want) {
			t.Errorf("%v: %q, want %q in it", c.check.Readings, got, c.want)
		}
	}
}

// TestPlotKL draws a line from its highest row to its lowest, over all steps.
func TestPlotKL(t *testing.T) {
	var b bytes.Buffer
	plotKL(&b, inference.KLByTime{Steps: []float64{3, 2, 1}, Lasting: []int{1, 1, 1}})
	lines := strings.Split(strings.Trim(b.String(), "\n"), "\n")
	if len(lines) != plotHeight+4 || !strings.Contains(lines[0], "3.00") || !strings.Contains(lines[plotHeight], "1.00") {
		t.Errorf("%d lines:\n%s", len(lines), b.String())
	}
	for _, l := range lines {
		if n := len([]rune(l)); n > width {
			t.Errorf("a line of %d columns: %s", n, l)
		}
	}
	b.Reset()
	if plotKL(&b, inference.KLByTime{Steps: []float64{3}, Lasting: []int{1}}); b.Len() > 0 {
		t.Errorf("a plot of one step: %s", b.String())
	}
}

// TestKHatText leaves out what is not known.
func TestKHatText(t *testing.T) {
	for x, want := range map[inference.Real]string{0.456: "0.46", inference.Real(math.Inf(-1)): "-Inf"} {
		if got := kHatText(x); got != want {
			t.Errorf("%g: %q, want %q", float64(x), got, want)
		}
	}
	if got := kHatText(inference.Real(math.NaN())); got != "" {
		t.Errorf("an unknown k-hat is written %q", got)
	}
}
