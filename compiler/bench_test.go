package compiler

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

func polyphonic(b testing.TB) *Program {
	text, err := os.ReadFile("../models/polyphonic.ssm")
	if err != nil {
		b.Fatal(err)
	}
	return load(b, string(text), "")
}

// BenchmarkStep is an update of the paper's model without the optimiser: 20
// sequences of 60 steps, about 14 GFLOP.
func BenchmarkStep(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run([]string{"", "1thread", "2threads"}[threads], func(b *testing.B) {
			m := polyphonic(b).Model
			pool := kernel.NewPool(threads)
			defer pool.Close()
			x, err := cpu.New(m, runtime.Spec{Train: true}, runtime.NewParams[float32](m.Params, 1), pool, true)
			if err != nil {
				b.Fatal(err)
			}
			lens := make([]int, 20)
			for i := range lens {
				lens[i] = 60
			}
			batch := invent(m, lens, rand.New(rand.NewPCG(1, 2)))
			run := runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1), Grad: true}
			b.ReportAllocs()
			step := func() {
				run.Step++
				if err := x.Run(batch, run); err != nil {
					b.Fatal(err)
				}
			}
			step() // memory is made once
			for b.Loop() {
				step()
			}
			b.ReportMetric(float64(x.Bytes())/1e6, "MB")
		})
	}
}

// BenchmarkCompile is the way from text to a machine that can run, and a first
// bound of one sequence of T steps: the graph is the same for every T.
func BenchmarkCompile(b *testing.B) {
	for _, T := range []int{0, 10, 129, 1800} {
		b.Run(fmt.Sprint("T=", T), func(b *testing.B) {
			params := runtime.NewParams[float32](polyphonic(b).Model.Params, 1)
			for b.Loop() {
				m := polyphonic(b).Model
				x, err := cpu.New(m, runtime.Spec{}, params, nil, true)
				if err != nil {
					b.Fatal(err)
				}
				if T == 0 {
					continue
				}
				batch := invent(m, []int{T}, rand.New(rand.NewPCG(1, 2)))
				if err := x.Run(batch, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestCompileTime holds the way from text to machine to the fifth of a second
// that it may take, at the best of five tries on a machine that may be busy, and
// the graph to a size that does not depend on the data.
func TestCompileTime(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time, which the race detector stretches")
	}
	best := time.Hour
	for range 5 {
		start := time.Now()
		m := polyphonic(t).Model
		params := runtime.ZeroParams[float32](m.Params)
		if _, err := cpu.New(m, runtime.Spec{Train: true}, params, nil, true); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	t.Log("text to machine:", best)
	if limit := 200 * time.Millisecond; best > limit {
		t.Errorf("compiling took %v, more than %v", best, limit)
	}
	g := op.NewGraph()
	if _, err := polyphonic(t).Model.Build(g, runtime.Spec{Train: true}); err != nil {
		t.Fatal(err)
	}
	if n := len(g.AllNodes()); n > 200 {
		t.Errorf("the graph has %d nodes before it is differentiated", n)
	}
}
