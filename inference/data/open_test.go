package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

// manySequences is a CSV of n sequences, in which x is the number of the
// sequence; sequence i has 2 + i%3 rows.
func manySequences(n int) string {
	var out strings.Builder
	out.WriteString("sequence,t,x\n")
	for i := range n {
		for t := range 2 + i%3 {
			fmt.Fprintf(&out, "s%d,%d,%d\n", i, t, i)
		}
	}
	return out.String()
}

// oneSeries is a CSV of one sequence of n rows, in which x is the row.
func oneSeries(n int) string {
	var out strings.Builder
	out.WriteString("t,x\n")
	for t := range n {
		fmt.Fprintf(&out, "%d,%d\n", t, t)
	}
	return out.String()
}

func mustOpen(t *testing.T, path string, s Schema, o Options) *Bundle {
	t.Helper()
	b, found, err := Open(path, s, o)
	if err != nil || b == nil {
		t.Fatalf("%v %v", err, found)
	}
	return b
}

func ids(s *Set) []string {
	var out []string
	for i := range s.Sequences {
		out = append(out, s.Sequences[i].ID)
	}
	return out
}

func TestSplitBySequence(t *testing.T) {
	path := writeFile(t, t.TempDir(), "a.csv", manySequences(100))
	b := mustOpen(t, path, scalar(Count), Options{Seed: 1})
	if n := [3]int{len(b.Train.Sequences), len(b.Valid.Sequences), len(b.Test.Sequences)}; n != [3]int{70, 15, 15} {
		t.Errorf("split %v, want 70, 15, 15", n)
	}
	all := slices.Concat(ids(b.Train), ids(b.Valid), ids(b.Test))
	slices.Sort(all)
	if len(slices.Compact(all)) != 100 {
		t.Error("the parts are no partition")
	}
	if notes := strings.Join(b.Notes, "\n"); !strings.Contains(notes, "a.csv: split by sequence with seed 1: train 70, valid 15, test 15 sequences") {
		t.Errorf("the notes do not say it: %s", notes)
	}
	again, other := mustOpen(t, path, scalar(Count), Options{Seed: 1}), mustOpen(t, path, scalar(Count), Options{Seed: 2})
	if again.Test.Fingerprint != b.Test.Fingerprint || !slices.Equal(ids(again.Test), ids(b.Test)) {
		t.Error("the same seed splits otherwise")
	}
	if slices.Equal(ids(other.Test), ids(b.Test)) {
		t.Error("another seed splits the same way")
	}
}

func TestSplitInTime(t *testing.T) {
	path := writeFile(t, t.TempDir(), "a.csv", oneSeries(20))
	b := mustOpen(t, path, scalar(Count), Options{})
	wantValues(t, b.Train, "x", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
	wantValues(t, b.Valid, "x", 14, 15, 16)
	wantValues(t, b.Test, "x", 17, 18, 19)
	if got := b.Test.Sequences[0]; got.ID != "1[18:20]" || !slices.Equal(got.Times, []float64{17, 18, 19}) {
		t.Errorf("test is %s at %v", got.ID, got.Times)
	}
	if !strings.Contains(strings.Join(b.Notes, "\n"), "split in time, the last steps held out: train 14, valid 3, test 3 steps") {
		t.Errorf("the notes do not say it: %s", b.Notes)
	}
}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		n     int
		share [3]float64
		want  [3]int
		ok    bool
	}{
		{3, defaultSplit, [3]int{1, 1, 1}, true},
		{4, defaultSplit, [3]int{2, 1, 1}, true},
		{1000, defaultSplit, [3]int{700, 150, 150}, true},
		{5, [3]float64{0.01, 0.5, 0.49}, [3]int{1, 2, 2}, true},
		{10, [3]float64{1, 0, 1}, [3]int{5, 0, 5}, true},
		{10, [3]float64{1, 0, 0}, [3]int{10, 0, 0}, true},
		{2, defaultSplit, [3]int{}, false},
	} {
		got, ok := parts(c.n, c.share)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%d by %v: %v %v, want %v", c.n, c.share, got, ok, c.want)
		}
	}
}

func TestTrainAlone(t *testing.T) {
	path := writeFile(t, t.TempDir(), "a.csv", oneSeries(5))
	b := mustOpen(t, path, scalar(Count), Options{Split: [3]float64{1, 0, 0}})
	if wantValues(t, b.Train, "x", 0, 1, 2, 3, 4); b.Valid != nil || b.Test != nil {
		t.Error("something was held out")
	}
}

func TestTooShortToSplit(t *testing.T) {
	path := writeFile(t, t.TempDir(), "a.csv", oneSeries(2))
	b, found, err := Open(path, scalar(Count), Options{})
	if b != nil || err != nil {
		t.Error(b, err)
	}
	wantCode(t, found, diag.DataSplit, "sequence 1 has 2 steps: too few")
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "train.csv", "x_1,x_2\n1,2\n3,4\n")
	writeFile(t, dir, "val.jsonl", `{"x": [5, 6]}`+"\n")
	writeFile(t, dir, "test.tsv", "x_1\tx_2\n7\t8\n")
	writeFile(t, dir, "README.md", "about the data")
	s := Schema{Vars: []Var{{Name: "x", SizeName: "d"}}}
	b := mustOpen(t, dir, s, Options{})
	wantValues(t, b.Train, "x", 1, 2, 3, 4)
	wantValues(t, b.Valid, "x", 5, 6)
	wantValues(t, b.Test, "x", 7, 8)
	if !slices.Contains(b.Notes, "x: d = 2") {
		t.Errorf("the size is not echoed: %q", b.Notes)
	}
	writeFile(t, dir, "train2.csv", "x_1,x_2\n1,2\n")
	if b := mustOpen(t, dir, s, Options{}); !slices.Contains(b.Notes, `not read: "train2.csv"; of a folder it is train, valid and test`) {
		t.Errorf("nothing is said of what is left out: %q", b.Notes)
	}

	writeFile(t, dir, "test.tsv", "x_1\tx_2\tx_3\n7\t8\t9\n")
	_, found, err := Open(dir, s, Options{})
	if err != nil {
		t.Error(err)
	}
	wantCode(t, found, diag.DataSize, "x has d = 2 components, but the data have 3 columns")
}

func TestFolderWithoutValid(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "train.csv", manySequences(40))
	writeFile(t, dir, "test.csv", manySequences(5))
	b, found, err := Open(dir, scalar(Count), Options{})
	if err != nil || b == nil {
		t.Fatal(err, found)
	}
	wantCode(t, found, diag.DataSplit, "there is no valid file")
	if got := [3]int{len(b.Train.Sequences), len(b.Valid.Sequences), len(b.Test.Sequences)}; got != [3]int{33, 7, 5} {
		t.Errorf("%v sequences, want 33, 7, 5", got) // 7 = 40 * 0.15 / 0.85, rounded
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "train.csv", "x\n1\n")
	writeFile(t, dir, "train.tsv", "x\n1\n")
	known := "known are CSV (.csv), TSV (.tsv, .tab), Parquet (.parquet, .pq), JSON lines (.jsonl, .ndjson), NPZ (.npz)"
	for path, want := range map[string]string{
		dir:                                    "has both train.csv and train.tsv",
		dir + "/none.csv":                      "none.csv",
		t.TempDir():                            "no file called train",
		writeFile(t, dir, "notes.xlsx", "abc"): known,
	} {
		if _, _, err := Open(path, scalar(Real), Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
	path := writeFile(t, dir, "a.csv", oneSeries(9))
	for _, o := range []Options{{Split: [3]float64{-1, 1, 1}}, {Split: [3]float64{0, 1, 1}}, {Window: -1}, {Stride: -1}} {
		if _, _, err := Open(path, scalar(Real), o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestWindows(t *testing.T) {
	path := writeFile(t, t.TempDir(), "a.csv", oneSeries(40)) // 28 + 6 + 6
	b := mustOpen(t, path, scalar(Count), Options{Window: 10})
	if got := b.Train.Lengths(); !slices.Equal(got, []int{10, 10, 8}) {
		t.Errorf("lengths %v, want 10, 10, 8", got)
	}
	if got := ids(b.Train)[1]; got != "1[11:20]" {
		t.Errorf("the second window is %s", got)
	}
	want := mustOpen(t, path, scalar(Count), Options{})
	if b.Train.Fingerprint != want.Train.Fingerprint {
		t.Error("windows change the fingerprint of the data")
	}
	wantValues(t, want.Train, "x", joined(b.Train)...)

	b = mustOpen(t, path, scalar(Count), Options{Window: 4, Stride: 2})
	if got := b.Train.Lengths(); len(got) != 13 || got[12] != 4 {
		t.Errorf("lengths %v, want 13 windows of 4 steps, 2 apart", got)
	}
	if got := b.Test.Lengths(); !slices.Equal(got, []int{4, 2}) {
		t.Errorf("windows of test %v, want 4, 2: they must not overlap", got)
	}
	if !strings.Contains(strings.Join(b.Notes, "\n"), "1 sequence cut into 13 windows of at most 4 steps, 2 apart") {
		t.Errorf("the notes do not say it: %q", b.Notes)
	}
}

func joined(s *Set) []float64 {
	var out []float64
	for i := range s.Sequences {
		for _, x := range s.Sequences[i].Values(0) {
			out = append(out, float64(x))
		}
	}
	return out
}

func TestRows(t *testing.T) {
	s := mustRead(t, "a.csv", "x_1,x_2\n1,2\n3,4\n5,6\n", vector(Count, 2))
	dst := make([]float32, 1, 8)
	got := s.Sequences[0].Rows(0, 1, 3, dst)
	if !slices.Equal(got, []float32{3, 4, 5, 6}) || &got[0] != &dst[0] {
		t.Errorf("rows %v", got)
	}
}
