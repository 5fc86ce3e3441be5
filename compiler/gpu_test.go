package compiler

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/agree"
	"ssmc/runtime/gpu/fakecuda"
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

// emulations is the shipped models, one with floors that count, and the paper's with
// all its guides and cells.
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
	return append(list, emulated{"floors", low + "train { floor = 0.5 }", "G", gpu.FP32})
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
		b, r := agree.Batch(m, lens), agree.Run(x.Terms(), step)
		if err := host.Run(b, r); err != nil {
			t.Fatal(err)
		}
		if err := x.Run(b, r); err != nil {
			t.Fatal(err)
		}
		for _, gap := range agree.Runs(params, x, host, true) {
			if gap.Far(precision) > agree.Tolerance[precision] {
				t.Error(gap)
			}
		}
	}
}
