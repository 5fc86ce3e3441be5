package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGuideList(t *testing.T) {
	for text, want := range map[string][]string{
		"ST_R":           {"ST_R"},
		" ST_R, ,MF_L, ": {"ST_R", "MF_L"},
		"q(z[t] | z[t-1], x[t:T]) with rnn=lstm(4, layers=2),auto,my.ssm": {"q(z[t] | z[t-1], x[t:T]) with rnn=lstm(4, layers=2)", "auto", "my.ssm"},
		"a)),b":    {"a))", "b"},
		"q(z[t],b": {"q(z[t],b"},
		"":         nil,
	} {
		if d := cmp.Diff(want, guideList(text)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

// compared is the table of a comparison on simulated data.
func compared(t *testing.T, args ...string) (table comparedTable, of map[string]trial) {
	t.Helper()
	dir := t.TempDir()
	ssmc(t, dir, append([]string{"compare", "--simulate", "--out", "out"}, args...)...)
	text, err := os.ReadFile(filepath.Join(dir, "out", compareJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	of = map[string]trial{}
	for _, x := range table.Trials {
		of[x.Guide] = x
	}
	return table, of
}

// smoothedVariance is the mean posterior variance of the latent of linear1d over
// 25 steps, by the recursions of Rauch, Tung and Striebel.
func smoothedVariance() float64 {
	const steps = 25
	var before, after [steps]float64
	for k := range steps {
		before[k] = 1
		if k > 0 {
			before[k] = after[k-1] + 10
		}
		after[k] = before[k] * 20 / (0.25*before[k] + 20)
	}
	p := after[steps-1]
	total := p
	for k := steps - 2; k >= 0; k-- {
		j := after[k] / before[k+1]
		p = after[k] + j*j*(p-before[k+1])
		total += p
	}
	return total / steps
}

// TestCompareExact compares the errors of exact inference with the posterior
// variance, and those of a guide that has hardly begun to learn with these. The
// squared errors of 450 sequences, of which steps five apart are as good as
// independent, have a standard error of 3 %; five of them are allowed.
func TestCompareExact(t *testing.T) {
	_, of := compared(t, "linear1d", "--guides", "exact,ST_R", "--sequences", "3000", "--set", "epochs=1", "--set", "eval.nll.samples=20")
	exact, guide := of["exact"], of["ST_R"]
	if got, want := math.Pow(exact.RMSE["z"], 2), smoothedVariance(); math.Abs(got/want-1) > 0.15 {
		t.Errorf("the mean squared error is %.3f, and the posterior variance %.3f", got, want)
	}
	if guide.RMSE["z"] <= exact.RMSE["z"] || guide.Bound.Value <= exact.Bound.Value || exact.NLL.Value != exact.Bound.Value {
		t.Errorf("exact: %+v, guide: %+v", exact, guide)
	}
	if exact.Parameters != 0 || guide.Parameters == 0 || guide.Bound.Sequences != 450 {
		t.Errorf("%d and %d parameters, %d sequences", exact.Parameters, guide.Parameters, guide.Bound.Sequences)
	}
}

// TestCompareStructures shows what the paper shows on this model (Krishnan, Shalit
// & Sontag 2017, section 6.2): guides that see the future and the last state come
// close to exact inference, and one that sees the past alone does not.
func TestCompareStructures(t *testing.T) {
	if testing.Short() {
		t.Skip("fits for a quarter of a minute")
	}
	table, of := compared(t, "linear1d", "--guides", "exact,ST_R,ST_LR,MF_L", "--sequences", "2000", "--set", "train.epochs=60")
	exact := of["exact"]
	for _, guide := range []string{"ST_R", "ST_LR"} {
		x := of[guide]
		if behind := x.Bound.Value - exact.Bound.Value; behind < 0 || behind > 0.06 {
			t.Errorf("%s is %.4f nats behind exact inference", guide, behind)
		}
		if x.RMSE["z"] > 1.1*exact.RMSE["z"] || math.Abs(x.NLL.Value-exact.NLL.Value) > 0.02 {
			t.Errorf("%s has an error of %.3f and an NLL of %.4f; exact are %.3f and %.4f", guide, x.RMSE["z"], x.NLL.Value, exact.RMSE["z"], exact.NLL.Value)
		}
	}
	if x := of["MF_L"]; x.Bound.Value < exact.Bound.Value+0.2 || x.RMSE["z"] < 1.2*exact.RMSE["z"] {
		t.Errorf("MF_L is not behind: %+v", x)
	}
	if line := table.verdict(); !strings.HasPrefix(line, "exact has the best bound; behind it are ST_R by 0.0") {
		t.Error(line)
	}
}
