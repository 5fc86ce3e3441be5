package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorded is a record of a cell's run that suits it.
func recorded(t *testing.T, f *flags, path string, epochs, asked int) *record {
	t.Helper()
	chosen, err := choose("", path)
	if err != nil {
		t.Fatal(err)
	}
	c := &chosen[0]
	r := &record{run: run{Model: c.model, Guide: c.guide, Seed: c.seed, Epochs: epochs, Version: "v", Machine: "cpu, 1 threads", Seconds: 3400.4, Best: best{Epoch: 1250, Bound: 6.9178}, Config: map[string]string{}},
		Asked: asked, Commit: "abc", CPU: "fast",
		NLL:   score{Fingerprint: "f1", Value: 6.4321, Error: 0.0012, Samples: 2000, Sequences: 77, Frames: 4725, Few: 3},
		Bound: score{Fingerprint: "f1", Value: 6.9, Error: 0.0002, PerSequence: 6.85, Samples: 2, Sequences: 77, Frames: 4725}}
	for key, value := range settings {
		r.Config[key] = value
	}
	for _, s := range c.set {
		key, value, _ := strings.Cut(s, "=")
		r.Config[key] = value
	}
	if err := f.writeRecord(c, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestMarkdown shows ours beside the paper's, and never a number where none is.
func TestMarkdown(t *testing.T) {
	f := &flags{out: t.TempDir(), told: io.Discard}
	recorded(t, f, "3/jsb/DMM", 1641, 2000)
	recorded(t, f, "guides/jsb/ST_L", 2000, 2000)
	recorded(t, f, "2/jsb/ST_L", 1000, 1000)
	recorded(t, f, "guides/jsb/MF_LR", 1000, 1000)
	list, err := f.rows()
	if err != nil {
		t.Fatal(err)
	}
	text := markdown(list)
	const ours = " | 6.432 ± 0.001 | 6.900 ± 0.000 | 6.850 | "
	for _, want := range []string{
		"| JSB | DMM" + ours + "6.388 (6.926) {6.856} | 6.918, 1250 | 1641 of 2000, stopped early | 3400 | 1 |\n",
		"| JSB | DKS" + ours + "6.388 (6.926) {6.856} | 6.918, 1250 | 1641 of 2000, stopped early | 3400 | 1 |\n",
		"| JSB | ST_L" + ours + " | 6.918, 1250 | 2000 | 3400 | 1 |\n",
		"| JSB | ST_L" + ours + "7.020 (7.519) | 6.918, 1250 | 1000 of 2000, stopped early | 3400 | 1 |\n",
		"| JSB | MF_LR" + ours + " | 6.918, 1250 | 1000 | 3400 | 1 |\n\nThe epochs differ: these are not scores under one budget.\n",
		"| JSB | DMM-Aug | not run | | | 6.288 (6.773) {6.692} | | | | 1 |\n",
		"\nJSB: test data `f1`, 77 sequences, 4725 frames; (a) by 2000 samples, (b) and {c} by 2; fitted by ssmc v on cpu, 1 threads, scored on fast at commit abc.\n",
		"too large: jsb-dmm-dks, 3 of 77; jsb-dmm-mf_lr, 3 of 77; ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if n := strings.Count(text, "not run"); n != len(cells)-5 {
		t.Errorf("%d rows are not run, want %d", n, len(cells)-5)
	}
}

// TestRowsRefuse does not set scores of different data beside each other, nor a
// record of other settings into a row.
func TestRowsRefuse(t *testing.T) {
	f := &flags{out: t.TempDir(), told: io.Discard}
	r := recorded(t, f, "3/jsb/DMM", 2000, 2000)
	recorded(t, f, "guides/jsb/ST_L", 2000, 2000)
	r.NLL.Fingerprint = "f2"
	rewritten := func() error {
		if err := f.writeRecord(&cell{run: "jsb-dmm-dks"}, r); err != nil {
			t.Fatal(err)
		}
		_, err := f.rows()
		return err
	}
	if err := rewritten(); err == nil || !strings.Contains(err.Error(), "different data, of fingerprints f") {
		t.Errorf("%v", err)
	}
	r.NLL.Fingerprint, r.Config["optimizer.lr"], r.Seed = "f1", "0.01", 2
	if err := rewritten(); err == nil || !strings.Contains(err.Error(), "the seed is 2, not 1, optimizer.lr is 0.01, not 0.0008") {
		t.Errorf("%v", err)
	}
}

// TestRewrite leaves what is around the tables.
func TestRewrite(t *testing.T) {
	name := filepath.Join(t.TempDir(), "results.md")
	if err := os.WriteFile(name, []byte("before\n"+begin+"\nold\n"+end+"\nafter\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"one\n", "two\n"} {
		if err := rewrite(name, text); err != nil {
			t.Fatal(err)
		}
		got, _ := os.ReadFile(name)
		if want := "before\n" + begin + "\n\n" + text + "\n" + end + "\nafter\n"; string(got) != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
	if err := os.WriteFile(name, []byte("no place\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := rewrite(name, "three\n"); err == nil || !strings.Contains(err.Error(), "has no place for the tables") {
		t.Errorf("%v", err)
	}
	if got, _ := os.ReadFile(name); string(got) != "no place\n" {
		t.Errorf("the file is now\n%s", got)
	}
}
