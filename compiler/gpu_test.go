package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/fakecuda"
	"ssmc/runtime/op"
)

// lacking is the ops of shipped models that have no GPU kernel.
var lacking = []string{"Chain", "Kalman"}

// TestPlacement asks that all ops of the models and guides that come with ssmc have
// GPU kernels, but for those that are known to lack one.
func TestPlacement(t *testing.T) {
	missing := map[string]bool{}
	for file, guides := range hot() {
		for _, guide := range guides {
			list, complete, err := gpu.Placement(shipped(t, file, guide), runtime.Spec{Train: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range list {
				if p.Where == gpu.Missing {
					missing[p.Op] = true
				} else if !complete && len(list) == 0 {
					t.Errorf("%s is placed nowhere", file)
				}
			}
		}
	}
	for _, op := range lacking {
		if !missing[op] {
			t.Errorf("%s has a GPU kernel by now", op)
		}
		delete(missing, op)
	}
	for op := range missing {
		t.Errorf("%s has no GPU kernel", op)
	}
}

func shipped(t *testing.T, file, guide string) *runtime.Model {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return load(t, string(text), guide).Model
}

// An emulated is a program whose updates the tests run on the emulator.
type emulated struct {
	name, text, guide string
	precision         gpu.Precision
}

// miniature makes the paper's model as small as the emulator is slow.
var miniature = strings.NewReplacer("note = 88", "note = 7", "state = 100", "state = 3", "hidden=200", "hidden=5", "[100, 100]", "[4, 4]")

// emulations is the shipped models, and the paper's with all its guides and cells.
func emulations(t *testing.T) []emulated {
	var list []emulated
	for _, name := range []string{"ehr", "linear1d", "nile", "nonlinear2d", "poisson_lds", "stochvol", "weather"} {
		list = append(list, emulated{name, programText(t, name), "", gpu.FP32})
	}
	paper := programText(t, "polyphonic")
	for i, given := range []string{"z[t-1], x[t:T]", "z[t-1], x[1:t]", "z[t-1], x[1:T]", "x[1:t]", "x[t:T]", "x[1:T]"} {
		cell := []string{"lstm", "gru", "rnn"}[i%3]
		guide := fmt.Sprintf("q(z[t] | %s) with rnn=%s(9), dropout=0.1", given, cell)
		list = append(list, emulated{"polyphonic " + guide, miniature.Replace(paper), guide, gpu.Precisions[i/2]})
	}
	return list
}

// programText is that of a program that comes with ssmc.
func programText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../models/" + name + ".ssm")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tolerance is how far products in a precision may be from float32, as a part of the
// largest number; with factors of 8 bits, units that are near zero are off or on.
var tolerance = map[gpu.Precision]float64{gpu.FP32: 1e-4, gpu.TF32: 2e-3, gpu.BF16: 0.2}

// TestGPU compares terms, the cost and the gradient of ragged batches with package
// cpu's.
func TestGPU(t *testing.T) {
	fakecuda.Install(t)
	for i, e := range emulations(t) {
		if testing.Short() && i > 0 {
			continue
		}
		t.Run(e.name, func(t *testing.T) { compareDevices(t, load(t, e.text, e.guide).Model, e.precision) })
	}
}

func compareDevices(t *testing.T, m *runtime.Model, precision gpu.Precision) {
	d, err := gpu.Open(0, precision)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	params := runtime.NewParams[float32](m.Params, 1)
	host, err := cpu.New(m, runtime.Spec{Train: true}, params, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	x, err := d.New(m, runtime.Spec{Train: true}, params, true)
	if err != nil {
		t.Fatal(err)
	}
	for step, lens := range [][]int{{4, 3, 1}, {2}} {
		b := randomBatch(m, lens)
		r := runtime.Run{K: 1 + step, Seed: 3, Step: uint64(step), Scale: 0.5, Grad: true}
		for i, term := range x.Terms() {
			r.Coef = append(r.Coef, -term.Kind.Sign()*(1+0.25*float64(i)))
		}
		if err := host.Run(b, r); err != nil {
			t.Fatal(err)
		}
		if err := x.Run(b, r); err != nil {
			t.Fatal(err)
		}
		compareRuns(t, params, host, x, tolerance[precision])
	}
}

// compareRuns compares what two machines have of the same run.
func compareRuns(t *testing.T, params *runtime.Params[float32], host, x runtime.Machine, tol float64) {
	t.Helper()
	if d := math.Abs(host.Cost() - x.Cost()); !(d <= tol*math.Abs(host.Cost())) {
		t.Errorf("cost %g, want %g", x.Cost(), host.Cost())
	}
	for i, term := range host.Terms() {
		compareNumbers(t, term.Name, slices.Clone(x.Term(i)), slices.Clone(host.Term(i)), tol, 0)
		compareNumbers(t, term.Name, []float64{x.Weighed(i)}, []float64{host.Weighed(i)}, tol, 0)
	}
	g, h := x.Gradient(), host.Gradient()
	norm := 0.0
	for _, v := range h {
		norm = max(norm, math.Abs(float64(v)))
	}
	for i, q := range params.List {
		lo, hi := params.Off[i], params.Off[i]+q.Size()
		compareNumbers(t, "the gradient of "+q.Name, wideOf(g[lo:hi]), wideOf(h[lo:hi]), tol, 0.1*norm)
	}
}

// compareNumbers asks that no number is off by more than tol times the largest, or
// some least size.
func compareNumbers(t *testing.T, what string, got, want []float64, tol, least float64) {
	t.Helper()
	scale := max(least, 1e-3)
	for _, v := range want {
		scale = max(scale, math.Abs(v))
	}
	for i := range want {
		if d := math.Abs(got[i] - want[i]); !(d <= tol*scale) {
			t.Errorf("%s, number %d: %g, want %g (the largest is %g)", what, i, got[i], want[i], scale)
			return
		}
	}
}

func wideOf(v []float32) []float64 {
	var out []float64
	for _, x := range v {
		out = append(out, float64(x))
	}
	return out
}

// randomBatch is a batch of random values that a model's ports may have, half of
// what may be missing present.
func randomBatch(m *runtime.Model, lens []int) *runtime.Batch {
	r := rand.New(rand.NewPCG(1, 2))
	lay := op.NewLayout(lens)
	b := &runtime.Batch{Lens: lens}
	for i := range lens {
		b.Index = append(b.Index, i)
	}
	for _, p := range m.Ports {
		rows := lay.N
		if p.Static {
			rows = lay.B
		}
		v := make([]float32, rows*p.Cols)
		var present []float32
		for i := range v {
			v[i] = randomValue(r, p)
			if p.Missing {
				present = append(present, float32(r.IntN(2)))
			}
		}
		b.Data, b.Present = append(b.Data, v), append(b.Present, present)
	}
	return b
}

func randomValue(r *rand.Rand, p runtime.Port) float32 {
	v := float32(r.NormFloat64())
	switch {
	case p.Kind == runtime.Binary:
		v = float32(r.IntN(2))
	case p.Kind == runtime.Count:
		v = float32(r.IntN(5))
	case p.Kind == runtime.OneOf:
		v = float32(r.IntN(p.Classes))
	case p.Clock != "":
		v = 0.5 + r.Float32()
	}
	if p.Range != nil && v <= float32(p.Range.Low) {
		v = float32(p.Range.Low) + r.Float32()
	}
	return v
}
