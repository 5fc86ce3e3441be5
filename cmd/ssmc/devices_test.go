package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ssmc/models"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/agree"
	"ssmc/runtime/gpu/fakecuda"
)

// emulated is a command's globals on the stand-in for a GPU.
func emulated(t *testing.T) (*globals, *bytes.Buffer) {
	t.Helper()
	if testing.Short() {
		t.Skip("the emulator is slow")
	}
	fakecuda.Install(t)
	var out bytes.Buffer
	g := newGlobals(context.Background())
	g.out, g.err = &out, &out
	return &g, &out
}

// TestDevicesCheck compares a small model on the emulator, and names one that lacks a
// kernel.
func TestDevicesCheck(t *testing.T) {
	g, out := emulated(t)
	c := &devicesCmd{Check: true, Precision: []string{"fp32"}}
	small := [][]int{{3, 1}}
	if err := c.check(g, []deviceCheck{{"linear1d", "", small}, {"hmm", "", small}}); err != nil {
		t.Fatal(err, out)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "ok        fp32  linear1d: largest gap ") || !strings.HasPrefix(lines[1], "no kernel fp32  hmm: ") {
		t.Errorf("%s", out)
	}
}

// TestDevicesCheckFails asks that what differs, or does not run, is told and is an error.
func TestDevicesCheckFails(t *testing.T) {
	off := agree.Gap{What: "the cost", Got: 1.001, Want: 1, Scale: 1, Norm: 0.001}
	lost := agree.Gap{What: "the cost", Got: math.NaN(), Want: 1, Scale: 1, Norm: math.Inf(1)}
	for want, r := range map[string]deviceRecord{
		"ok":                             checked(agreement{run: off}, nil, gpu.TF32),
		"differs: the cost, number 0":    checked(agreement{run: off}, nil, gpu.FP32),
		"differs: after an update: the ": checked(agreement{update: off}, nil, gpu.FP32),
		"differs: the cost":              checked(agreement{run: lost}, nil, gpu.BF16),
		"failed: lost":                   checked(agreement{}, errors.New("lost"), gpu.FP32),
		"no kernel: Chain has no GPU":    checked(agreement{}, &gpu.Unsupported{Op: "Chain"}, gpu.FP32),
	} {
		if got := strings.TrimSuffix(r.Result+": "+r.Why, ": "); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	g, out := emulated(t)
	t.Setenv("FAKE_CUDA_FAIL_LAUNCH", "3")
	g.JSON = true
	c := &devicesCmd{Check: true, Precision: []string{"tf32"}}
	err := c.check(g, []deviceCheck{{"linear1d", "", [][]int{{2}}}})
	if err == nil || !strings.Contains(err.Error(), "1 of 1 comparisons") || g.exitCode(err) != exitFailure {
		t.Errorf("%v", err)
	}
	var r deviceRecord
	if err := json.NewDecoder(out).Decode(&r); err != nil || r.Result != failed || r.Why == "" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestDeviceChecks asks that all models and cells are checked, and that lengths are as
// machines want them.
func TestDeviceChecks(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range deviceChecks() {
		seen[k.model] = true
		for _, cell := range []string{"lstm", "gru", "rnn"} {
			if strings.Contains(k.guide, "z[t-1], x[t:T]) with rnn="+cell) {
				seen[cell] = true
			}
		}
		for _, lens := range k.batches {
			for i, n := range lens {
				if n < 1 || i > 0 && n > lens[i-1] {
					t.Errorf("%s: lengths %v", k.model, lens)
				}
			}
		}
	}
	for _, name := range append(models.Names(), "lstm", "gru", "rnn") {
		if !seen[name] {
			t.Errorf("%s is not checked", name)
		}
	}
}

// TestDevicesBench prints what is measured, as tables and for programs.
func TestDevicesBench(t *testing.T) {
	g, out := emulated(t)
	w := gpu.Workload{Rounds: 1, Launches: 1, Nodes: 1, Waits: 1, Products: [][3]int{{2, 3, 4}}, Loop: [3]int{1, 1, 8}}
	c := &devicesCmd{Bench: true, Precision: []string{"bf16"}}
	if err := c.measure(g, w); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"bf16 products", "launch of an empty kernel", "TFLOP/s", "gridWait", "compiled in"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	out.Reset()
	g.JSON = true
	if err := c.measure(g, w); err != nil {
		t.Fatal(err)
	}
	var m measuredDevice
	if err := json.NewDecoder(out).Decode(&m); err != nil || m.Device == "" || len(m.Timings) == 0 || len(m.Constants) == 0 {
		t.Errorf("%+v, %v", m, err)
	}
}

const levelText = `model Level {
  observed x[t]: real
  latent   z[t]: real
  param walk: real > 0
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], sd=walk)
  x[t] ~ Normal(mean=z[t], var=1)
}

guide G = q(z[t] | z[t-1], x[t:T]) with rnn=rnn(2)

train { guide = G }
`

const twoWalks = `sequence,t,x
1,1,0.5
1,2,0.7
2,1,-0.5
`

// TestBenchOnGPU asks that updates on a GPU, which counts no operations, are measured.
func TestBenchOnGPU(t *testing.T) {
	g, out := emulated(t)
	dir := t.TempDir()
	model := filepath.Join(dir, "level.ssm")
	for name, text := range map[string]string{"level.ssm": levelText, "train.csv": twoWalks, "valid.csv": twoWalks, "test.csv": twoWalks} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c := &benchCmd{Model: model, Data: dir, Updates: 1, deviceFlags: deviceFlags{Device: new("cuda")}}
	g.JSON = true
	if err := c.Run(g); err != nil {
		t.Fatal(err, out)
	}
	line := out.String()
	if i := strings.Index(line, "{\"model\""); i >= 0 {
		line = line[i:]
	}
	var r speedRecord
	if err := json.Unmarshal([]byte(strings.SplitN(line, "\n", 2)[0]), &r); err != nil {
		t.Fatal(err, out)
	}
	if r.Update <= 0 || r.Peak != 0 || r.Flop != 0 || !strings.HasPrefix(r.Machine, "cuda ") || len(r.Phases) == 0 {
		t.Errorf("%+v", r)
	}
}
