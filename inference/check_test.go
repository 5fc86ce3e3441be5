package inference

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ssmc/inference/data"
	"ssmc/runtime"
)

func checkGuide(t *testing.T, m *runtime.Model, set *data.Set, settings ...string) *GuideCheck {
	t.Helper()
	f := Fitted{Model: m, Params: runtime.NewParams[float32](m.Params, 1), Device: NewCPU(1)}
	g, err := f.CheckGuide(context.Background(), set, config(t, settings...))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// With the exact posterior as the guide all weights are p(x), to the rounding of
// sums of a few dozen float32: about 1e-5 nats.
func TestExactGuide(t *testing.T) {
	set := guided(walks("test", 3, 30, 12), 0)
	g := checkGuide(t, guidedModel, set, "eval.nll.samples=500", "eval.frames=1000")
	if truth := sum(exact(set)) / float64(set.Frames()); math.Abs(g.NLL.Value-truth) > 1e-5 || math.Abs(g.Bound.Value-truth) > 1e-5 {
		t.Errorf("nll %g, bound %g, want %g", g.NLL.Value, g.Bound.Value, truth)
	}
	if g.Gap.Value > 1e-9 || g.Gap.Error > 1e-6 { // squares and sums of roundings
		t.Errorf("the gap is %g ± %g, want 0", g.Gap.Value, g.Gap.Error)
	}
	if 500-g.ESS.Min > 1e-6 || !math.IsInf(float64(g.KHat.Max), -1) || g.Readings[Good] != 30 {
		t.Errorf("effective samples %+v of 500, k-hat %+v, readings %v", g.ESS, g.KHat, g.Readings)
	}
}

// A guide whose variance is r times that of the posterior, of sequences of one
// step: with r < 1 the weights have a tail of shape 1-r, which logs in the tail
// let seem less; with r > 1 they are bounded. The gap is KL(q||p) = (r-1-log r)/2,
// and S/ESS tends to r/√(2r-1) where that exists.
func TestWrongVariance(t *testing.T) {
	set := walks("test", 3, 40, 1)
	for _, c := range []struct {
		r    float64
		want Reading
	}{{0.02, Untrusted}, {0.8, Good}, {1.5, Good}} {
		g := checkGuide(t, guidedModel, guided(set, math.Log(c.r)), "eval.nll.samples=4000")
		var ks, ess []float64
		for _, q := range g.Sequences {
			ks, ess = append(ks, float64(q.KHat)), append(ess, q.ESS/4000)
		}
		k := stat.Mean(ks, nil)
		if c.r < 1 && math.Abs(k-(1-c.r)) > 0.15 || c.r > 1 && k > 0.1 {
			t.Errorf("r = %g: the mean k-hat is %.2f", c.r, k)
		}
		if readingOf(k, 0.7) != c.want || g.Readings[c.want] < 35 {
			t.Errorf("r = %g: the mean k-hat %.2f reads %s; %v", c.r, k, readingOf(k, 0.7), g.Readings)
		}
		if c.r < 0.5 {
			continue // weights without variance have no limit to compare with
		}
		if got, want := stat.Mean(ess, nil), math.Sqrt(2*c.r-1)/c.r; math.Abs(got-want) > 0.01 {
			t.Errorf("r = %g: %.3f of the samples are effective, want %.3f", c.r, got, want)
		}
		if want := (c.r - 1 - math.Log(c.r)) / 2; math.Abs(g.Gap.Value-want) > 4*g.Gap.Error || g.Gap.Error > 0.01 {
			t.Errorf("r = %g: the gap is %.4f ± %.4f, want %.4f", c.r, g.Gap.Value, g.Gap.Error, want)
		}
	}
}

// The check's NLL is the NLL, bound less NLL is the gap, and the KL by time adds
// up to that of the bound: bound less reconstruction, and closed KL terms.
func TestGuideCheckAddsUp(t *testing.T) {
	set := walks("test", 3, 40, 12)
	settings := []string{"eval.nll.samples=400", "eval.frames=700", "eval.bound.samples=400"}
	g := checkGuide(t, linearModel, set, settings...)
	f := Fitted{Model: linearModel, Params: runtime.NewParams[float32](linearModel.Params, 1), Device: NewCPU(1)}
	nll, err := f.NLL(context.Background(), set, config(t, settings...))
	if err != nil || nll.Value != g.NLL.Value || nll.Error != g.NLL.Error || !slices.Equal(nll.Each, g.NLL.Each) {
		t.Errorf("%v: NLL is %+v, in the check %+v", err, nll, g.NLL)
	}
	if gap := g.Bound.Value - g.NLL.Value; math.Abs(gap-g.Gap.Value) > 1e-12 {
		t.Errorf("the gap is %g, bound less NLL %g", g.Gap.Value, gap)
	}
	total := 0.0
	for _, s := range g.KL.Spans(4) {
		total += s.Share
	}
	if math.Abs(total-1) > 1e-12 || g.KL.Timeless != 0 {
		t.Errorf("the shares add up to %g, %g without time", total, g.KL.Timeless)
	}
	if got, want := g.KL.PerFrame, meanKL(t, f, set, true); math.Abs(got-want) > 1e-9*want {
		t.Errorf("the KL is %.9f nats a frame, by the terms %.9f", got, want)
	}
	if got, want := g.KL.PerFrame, meanKL(t, f, set, false); math.Abs(got-want) > 0.02*want { // 400 samples of 40 sequences
		t.Errorf("the KL is %.4f nats a frame, in closed form %.4f", got, want)
	}
}

// meanKL is the KL of 400 samples in nats a frame by a machine's own sums over
// sequences, with the noise of a check.
func meanKL(t *testing.T, f Fitted, set *data.Set, sampled bool) float64 {
	t.Helper()
	c := config(t, "eval.frames=700")
	s, err := f.scorer(set, c, sampled, 400)
	if err != nil {
		t.Fatal(err)
	}
	l, total := newLedger(s.machine, false), 0.0
	s.inspect = func(b *runtime.Batch, k int) {
		_, kl := l.read(1, portion{samples: k, ofData: 1})
		total += kl * float64(k)
	}
	if _, err := s.nll(context.Background(), 400, c.Seed, nil, nil); err != nil {
		t.Fatal(err)
	}
	return total / 400 / float64(set.Frames())
}

// The KL at each step of a guide that is exact, against the closed form by hand:
// the marginal means and variances of its chain run forwards.
func TestKLByTimeOfExactGuide(t *testing.T) {
	set := guided(walks("test", 5, 6, 8), 0)
	g := checkGuide(t, guidedModel, set, "eval.nll.samples=4000", "eval.frames=100000")
	longest := slices.Max(set.Lengths())
	want, lasting := make([]float64, longest), make([]int, longest)
	for i := range set.Sequences {
		for s, kl := range chainKL(set.Sequences[i].Values(1)) {
			want[s] += kl
			lasting[s]++
		}
	}
	if !slices.Equal(g.KL.Lasting, lasting) {
		t.Fatalf("sequences that last: %v, want %v", g.KL.Lasting, lasting)
	}
	for s := range want {
		// A term has a deviation of about a nat: 4000 samples, 4 of its errors.
		if w := want[s] / float64(lasting[s]); math.Abs(g.KL.Steps[s]-w) > 4/math.Sqrt(4000*float64(lasting[s])) {
			t.Errorf("step %d: %.4f nats, want %.4f", s+1, g.KL.Steps[s], w)
		}
	}
}

// chainKL is E KL(q(z[t]|z[t-1]) || p(z[t]|z[t-1])) at each step, for the guide
// with rows [g0, g1, g2].
func chainKL(rows []float32) (out []float64) {
	mean, variance := 0.0, 0.0
	for t := 0; t < len(rows); t += 3 {
		g0, g1, v := float64(rows[t]), float64(rows[t+1]), math.Exp(float64(rows[t+2]))
		off := (g0-1)*mean + g1 - drift
		out = append(out, (v/move+(off*off+(g0-1)*(g0-1)*variance)/move-1-math.Log(v/move))/2)
		mean, variance = g0*mean+g1, g0*g0*variance+v
	}
	return out
}

// The mean model has a closed KL for each sequence, without time and samples.
func TestKLWithoutTime(t *testing.T) {
	set := normals("test.csv", 1, 7, 4, 9, 1, 6)
	g, err := fitted(0.5).CheckGuide(context.Background(), set, config(t, "eval.nll.samples=30"))
	if err != nil {
		t.Fatal(err)
	}
	if g.KL.Timeless != 0.125 || math.Abs(g.KL.PerFrame-0.125*4/20) > 1e-15 || slices.Max(g.KL.Steps) != 0 {
		t.Errorf("%+v, want 0.125 nats a sequence", g.KL)
	}
	if g.NLL.Samples != 0 || g.ESS.Min != 1 || g.Readings[Unknown] != 4 || g.Gap.Value > 1e-12 { // one weight, once
		t.Errorf("%+v", g)
	}
}

// Whatever the memory, weights meet in the same sums.
func TestWeighingInChunks(t *testing.T) {
	set := walks("test", 3, 25, 9)
	whole := newWeighing(set, 40)
	parts := newWeighing(set, 40)
	for seq := range set.Sequences {
		logs := make([]float64, 40)
		for i := range logs {
			logs[i] = math.Sin(float64(seq + 7*i*i))
		}
		parts.add(seq, logs[:1])
		parts.add(seq, logs[1:30])
		parts.add(seq, logs[30:])
		whole.add(seq, slices.Clone(logs))
	}
	if !slices.Equal(whole.checks, parts.checks) || whole.gap() != parts.gap() {
		t.Error("parts of the samples give other numbers than all at once")
	}
	if len(parts.logs) != 0 || len(parts.free) != 1 {
		t.Errorf("%d sequences are kept, and memory for %d; one at a time was drawn", len(parts.logs), len(parts.free))
	}
}

// The error of the gap against the spread of 2000 gaps of lognormal weights, for
// which the delta method errs by a few percent.
func TestGapVariance(t *testing.T) {
	var gaps, variances []float64
	r := lognormal(0.6)
	for range 2000 {
		gap, variance := jensenGap(r(60))
		gaps, variances = append(gaps, gap), append(variances, variance)
	}
	if got, want := stat.Mean(variances, nil), stat.Variance(gaps, nil); math.Abs(got/want-1) > 0.15 {
		t.Errorf("variance %g, the gaps have %g", got, want)
	}
}

func TestSpans(t *testing.T) {
	k := KLByTime{Timeless: 1, Steps: []float64{4, 3, 2, 1, 5}, Lasting: []int{2, 2, 2, 1, 1}}
	want := []Span{{1, 2, 2, 3.5, 14.0 / 26}, {3, 5, 2, 2.5, 10.0 / 26}} // of 2 + 14 + 10 nats
	if got := k.Spans(2); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := k.Spans(10); len(got) != 5 || got[4] != (Span{5, 5, 1, 5, 5.0 / 26}) {
		t.Errorf("%+v", got)
	}
	none := KLByTime{Steps: []float64{-1}, Lasting: []int{3}}
	if got := none.Spans(10); len(got) != 1 || got[0].Share != 0 {
		t.Errorf("%+v, want no share of what is negative", got)
	}
}

func TestWorst(t *testing.T) {
	nan := Real(math.NaN())
	g := &GuideCheck{Sequences: []SequenceCheck{{ID: "a", KHat: 0.2, ESS: 9}, {ID: "b", KHat: 0.9, ESS: 5}, {ID: "c", KHat: 0.9, ESS: 4}}}
	if got := g.Worst(2); len(got) != 2 || got[0].ID != "c" || got[1].ID != "b" || g.Sequences[0].ID != "a" {
		t.Errorf("%+v", got)
	}
	g.Sequences = []SequenceCheck{{ID: "a", KHat: nan, ESS: 9}, {ID: "b", KHat: nan, ESS: 5}}
	if got := g.Worst(5); len(got) != 2 || got[0].ID != "b" {
		t.Errorf("%+v", got)
	}
}

// What is kept can be read, whatever the numbers.
func TestSaveGuideCheck(t *testing.T) {
	dir := t.TempDir()
	g := checkGuide(t, guidedModel, guided(walks("test", 3, 4, 3), 0), "eval.nll.samples=30")
	if err := SaveGuideCheck(dir, &Run{ID: "17"}, g); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, guideCheckFile))
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Run       string
		NLL       Score
		Sequences []struct {
			ID   string
			ESS  float64
			KHat *float64 `json:"k_hat"`
		}
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&kept); err != nil {
		t.Fatal(err)
	}
	if kept.Run != "17" || kept.NLL.Value != g.NLL.Value || len(kept.Sequences) != 4 || kept.Sequences[2].KHat != nil || kept.Sequences[2].ESS != g.Sequences[2].ESS {
		t.Errorf("%+v", kept)
	}
	if err := SaveGuideCheck(filepath.Join(dir, guideCheckFile), &Run{}, g); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// lognormal draws logs of weights with the given deviation.
func lognormal(sd float64) func(n int) []float64 {
	r := rand.New(rand.NewPCG(9, 9))
	return func(n int) []float64 {
		logs := make([]float64, n)
		for i := range logs {
			logs[i] = sd * r.NormFloat64()
		}
		return logs
	}
}
