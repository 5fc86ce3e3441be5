package compiler

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ssmc/lang/diag/diagtest"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// catalogueFile is what the generator reads.
const catalogueFile = "../runtime/kernel/gen/programs.txt"

// hot lists programs of the language whose formulas have routines of their own, each
// with the guides that it is compiled with.
func hot() map[string][]string {
	list := map[string][]string{"../bench/speed/linear.ssm": {""}}
	files, _ := filepath.Glob("../models/*.ssm") // the pattern is well formed
	for _, f := range files {
		list[f] = []string{""}
	}
	for _, cell := range []string{"lstm", "gru", "rnn"} {
		for _, given := range []string{"z[t-1], x[t:T]", "z[t-1], x[1:T]", "x[1:T]"} {
			guide := fmt.Sprintf("q(z[t] | %s) with rnn=%s(600), dropout=0.1", given, cell)
			list["../models/polyphonic.ssm"] = append(list["../models/polyphonic.ssm"], guide)
		}
	}
	return list
}

// TestCatalogue asks that the programs which package kernel has routines for are
// those of hot models: -update writes the list, and go generate the routines.
func TestCatalogue(t *testing.T) {
	found := map[string]bool{}
	for file, guides := range hot() {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, guide := range guides {
			m := load(t, string(text), guide).Model
			x, err := cpu.New(m, runtime.Spec{Train: true}, runtime.ZeroParams[float32](m.Params), nil, true)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range x.Programs() {
				found[p.String()] = p.CanFuse()
			}
		}
	}
	var list []string
	for p, ok := range found {
		if ok {
			list = append(list, p)
		}
	}
	slices.Sort(list)
	diagtest.Golden(t, catalogueFile, strings.Join(list, "\n")+"\n")
}
