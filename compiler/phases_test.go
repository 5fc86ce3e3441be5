package compiler

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"ssmc/lang/diag/diagtest"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// TestPhases compiles in.ssm of every archive in testdata/phases and compares
// what each phase makes of it with the section of that name.
func TestPhases(t *testing.T) {
	for _, name := range diagtest.Glob(t, "testdata/phases/*.txtar") {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a := txtar.Parse([]byte(diagtest.ReadFile(t, name)))
			p := load(t, string(a.Files[0].Data), "")
			for i, f := range a.Files[1:] {
				text, ok := p.Dump(f.Name)
				if !ok {
					t.Fatalf("there is no phase %s", f.Name)
				}
				a.Files[i+1].Data = []byte(text)
			}
			diagtest.Golden(t, name, string(txtar.Format(a)))
		})
	}
}

// TestDumpGraph checks the listing of a graph: operands stand before what reads
// them, and every parameter has a gradient.
func TestDumpGraph(t *testing.T) {
	p := load(t, strings.ReplaceAll(small, "CELL", "gru(4)"), "")
	text, _ := p.Dump("graph")
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			if strings.HasPrefix(w, "%") && !seen[w] {
				t.Fatalf("%s is not there yet in %s", w, line)
			}
		}
		seen[words[0]] = true
	}
	for _, q := range p.Model.Params {
		if !strings.Contains(text, " param "+q.Name+" ") {
			t.Errorf("the parameter %s is not in the graph", q.Name)
		}
	}
	for _, want := range []string{" = dTotal ", " = dScan ", " noise z ", " weights terms "} {
		if !strings.Contains(text, want) {
			t.Errorf("the graph has no%s", want)
		}
	}
}

func TestDumps(t *testing.T) {
	p := load(t, strings.ReplaceAll(small, "CELL", "gru(4)"), "")
	for _, what := range Dumps {
		if text, ok := p.Dump(what); !ok || !strings.HasSuffix(text, "\n") {
			t.Errorf("the dump of %s is %q", what, text)
		}
	}
	if _, ok := p.Dump("nothing"); ok {
		t.Error("there is a dump of nothing")
	}
}

// TestCompileTwice sees to it that a program is compiled the same way each time:
// runs could not be repeated otherwise.
func TestCompileTwice(t *testing.T) {
	text := strings.ReplaceAll(small, "CELL", "lstm(4)")
	first := load(t, text, "")
	for range 5 {
		again := load(t, text, "")
		for _, what := range Dumps {
			a, _ := first.Dump(what)
			b, _ := again.Dump(what)
			if a != b {
				t.Fatalf("%s is not the same the second time", what)
			}
		}
	}
}

// TestDifferentiateNothing checks a model without parameters.
func TestDifferentiateNothing(t *testing.T) {
	g := op.NewGraph()
	x := g.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(1))
	if err := differentiate(g, []runtime.Term{{Value: x}}); err != nil {
		t.Fatal(err)
	}
	if got := describeGraph(g); !slices.Contains(got, "%0 = data x [N,1]") {
		t.Error(got)
	}
}
