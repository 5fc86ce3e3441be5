package compiler

import (
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// TestMemory computes every program that comes with ssmc and needs no data to be
// compiled, with arrays that share memory, all of which is not a number before
// each run, and with arrays kept apart: bit for bit the same.
func TestMemory(t *testing.T) {
	tested := 0
	for _, name := range diagtest.Glob(t, "../models/*.ssm") {
		f, found := lang.Parse(&diag.Source{Name: name, Text: diagtest.ReadFile(t, name)})
		if found.HasErrors() {
			t.Fatalf("%s: %v", name, found)
		}
		p, found := Compile(f, Config{Library: library})
		if found.HasErrors() {
			continue // it needs data, or a choice
		}
		tested++
		t.Run(filepath.Base(name), func(t *testing.T) { compareMemory(t, p.Model) })
	}
	if tested < 3 {
		t.Errorf("only %d programs were tested", tested)
	}
}

func compareMemory(t *testing.T, m *runtime.Model) {
	params := runtime.NewParams[float32](m.Params, 1)
	machine := func(u cpu.Use) *cpu.Machine[float32] {
		x, err := cpu.New(m, runtime.Spec{Train: true}, params, nil, true)
		if err != nil {
			t.Fatal(err)
		}
		x.SetUse(u)
		return x
	}
	x, y := machine(cpu.Apart), machine(cpu.Poisoned)
	r := rand.New(rand.NewPCG(1, 2))
	for _, lens := range [][]int{{4, 2, 1}, {6, 6}} {
		batch := invent(m, lens, r)
		for _, k := range []int{1, 2} {
			run := runtime.Run{K: k, Coef: coefficients(x.Terms(), 1), Seed: 3, Grad: true}
			if xe, ye := x.Run(batch, run), y.Run(batch, run); xe != nil || ye != nil {
				t.Fatalf("%v, %v", xe, ye)
			}
			if x.Cost() != y.Cost() || !slices.Equal(x.Grad(), y.Grad()) {
				t.Errorf("with %d samples of %v: costs %v and %v", k, lens, x.Cost(), y.Cost())
			}
		}
	}
}
