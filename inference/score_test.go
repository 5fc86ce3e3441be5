package inference

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"ssmc/inference/data"
	"ssmc/runtime"
)

func fitted(mu float64) Fitted {
	p := runtime.NewParams[float32](meanModel.Params, 1)
	p.Get(0)[0] = float32(mu)
	return Fitted{Model: meanModel, Params: p, Device: &fakeDevice{}}
}

// The mean model's bound has a closed form for each sequence.
func TestBoundOfEachSequence(t *testing.T) {
	set := normals("test.csv", 1, 7, 4, 9, 1, 6)
	for _, frames := range []string{"1", "8", "1000"} { // a sequence a run, some, and all
		score, err := fitted(0.5).Bound(context.Background(), set, config(t, "eval.frames="+frames))
		if err != nil {
			t.Fatal(err)
		}
		total, mean := 0.0, 0.0
		for i := range set.Sequences {
			want := 0.125
			for _, x := range set.Sequences[i].Values(0) {
				want += (math.Pow(float64(x)-0.5, 2) + math.Log(2*math.Pi)) / 2
			}
			if math.Abs(score.Each[i]-want) > 1e-12 { // float64 sums of a few numbers
				t.Errorf("sequence %d: %g, want %g", i, score.Each[i], want)
			}
			total += want
			mean += want / float64(set.Sequences[i].Len) / 4
		}
		if math.Abs(score.Value-total/20) > 1e-12 || math.Abs(score.PerSequence-mean) > 1e-12 || score.Frames != 20 {
			t.Errorf("%+v, want %g and %g", score, total/20, mean)
		}
	}
}

func TestNonFiniteBoundNamesTheSequence(t *testing.T) {
	set := normals("test.csv", 1, 7, 4, 9, 1)
	set.Sequences[1] = data.NewSequence(set.Vars, "bad", 1, [][]float32{{float32(math.NaN())}}, nil, nil)
	for _, score := range []func(context.Context, *data.Set, *Config) (Score, error){fitted(0).Bound, fitted(0).NLL} {
		if _, err := score(context.Background(), set, DefaultConfig()); err == nil || !strings.Contains(err.Error(), "sequence bad of test.csv") {
			t.Errorf("%v", err)
		}
	}
}

func TestScoresAreCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := fitted(0).NLL(ctx, normals("test.csv", 1, 7, 4), DefaultConfig()); err != context.Canceled {
		t.Errorf("%v", err)
	}
}

// Chunks of samples add up to all of them, whatever the memory.
func TestSweepTakesEverySample(t *testing.T) {
	set := normals("test.csv", 1, 7, 4, 9, 1, 6)
	for _, frames := range []int{1, 30, 10000} {
		seen, parts := make([]int, 4), 0.0
		f := fitted(0)
		f.Progress = func(p float64) { parts = p }
		c := config(t, "eval.nll.samples=101")
		c.Eval.Frames = frames
		s, err := f.scorer(set, c, true, 101)
		if err != nil {
			t.Fatal(err)
		}
		tell := s.progress(101, f.Progress)
		err = s.sweep(context.Background(), 101, 1, func(seq int, b []float64) {
			if rows := len(b) * set.Sequences[seq].Len; rows > frames && len(b) > 1 {
				t.Errorf("%d rows of one sequence, want at most %d", rows, frames)
			}
			seen[seq] += len(b)
			tell(seq, len(b))
		})
		if err != nil || seen[0] != 101 || seen[1] != 101 || seen[2] != 101 || seen[3] != 101 || parts != 1 {
			t.Errorf("%d frames: %v, samples %v, progress %g", frames, err, seen, parts)
		}
	}
}

// Weights as far apart as 1e6 nats, in any order and chunks, against gonum.
func TestLogMeanIsStable(t *testing.T) {
	for _, logs := range [][]float64{{-1e6, -1e6 + 1, -1e6 - 2}, {-800, 700, 3}, {700, -800, 699.5}, {0}} {
		var m logMean
		for _, l := range logs {
			m.add([]float64{l})
		}
		want := floats.LogSumExp(logs) - math.Log(float64(len(logs)))
		if math.Abs(m.log()-want) > 1e-9 {
			t.Errorf("%v: %g, want %g", logs, m.log(), want)
		}
	}
}

// The delta method against the spread of 2000 estimates of lognormal weights,
// for which it errs by a few percent.
func TestLogMeanVariance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var estimates, variances []float64
	for range 2000 {
		var m logMean
		for range 20 {
			m.add([]float64{0.5 * r.NormFloat64(), 0.5 * r.NormFloat64()})
		}
		estimates, variances = append(estimates, m.log()), append(variances, m.variance())
	}
	if got, want := stat.Mean(variances, nil), stat.Variance(estimates, nil); math.Abs(got/want-1) > 0.1 {
		t.Errorf("variance %g, the estimates have %g", got, want)
	}
}

func TestMoments(t *testing.T) {
	x := []float64{1e8 + 1, 1e8 + 2, 1e8 + 4, 1e8 + 9}
	var m moments
	m.add(x[:1])
	if m.variance() != 0 {
		t.Error("one value has a variance")
	}
	m.add(x[1:])
	mean, v := stat.MeanVariance(x, nil)
	if math.Abs(m.mean-mean) > 1e-7 || math.Abs(m.variance()-v/4) > 1e-7 { // rounding of 1e8
		t.Errorf("mean %g, variance %g; want %g, %g", m.mean, m.variance(), mean, v/4)
	}
}

// The errors that scores tell against the spread of 300 scores with seeds of their own, by which a
// spread is known to 4 %; sequences of many lengths, so that both means differ.
func TestErrorsOfScores(t *testing.T) {
	set := walks("walks", 3, 5, 40)
	device := NewCPU(1)
	defer device.Close()
	f := Fitted{Model: linearModel, Params: runtime.NewParams[float32](linearModel.Params, 1), Device: device}
	var byFrame, bySequence, told, toldBySequence []float64
	c := config(t, "eval.bound.samples=10")
	for seed := range 300 {
		c.Seed = uint64(seed)
		s, err := f.Bound(context.Background(), set, c)
		if err != nil {
			t.Fatal(err)
		}
		byFrame, told = append(byFrame, s.Value), append(told, s.Error)
		bySequence, toldBySequence = append(bySequence, s.PerSequence), append(toldBySequence, s.PerSequenceError)
	}
	for _, x := range []struct {
		name        string
		value, told []float64
	}{{"frame", byFrame, told}, {"sequence", bySequence, toldBySequence}} {
		if spread, say := stat.StdDev(x.value, nil), stat.Mean(x.told, nil); math.Abs(say/spread-1) > 0.2 {
			t.Errorf("means by %s vary by %g, and tell an error of %g", x.name, spread, say)
		}
	}
}

// Two thousand samples of a long sequence take the memory of one: arrays have room
// for eval.frames rows, or for the frames of the longest sequence, if that is more.
func TestSamplesTakeBoundedMemory(t *testing.T) {
	set := walks("walks", 3, 2, 900)
	longest := slices.Max(set.Lengths())
	size := func(samples, frames int) int {
		device := NewCPU(1)
		defer device.Close()
		p := runtime.NewParams[float32](linearModel.Params, 1)
		machine, err := device.Machine(linearModel, runtime.Spec{Sampled: true}, p, false)
		if err != nil {
			t.Fatal(err)
		}
		s, err := newScorer(linearModel, machine, set, frames, samples)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.nll(context.Background(), samples, 1, nil, nil); err != nil {
			t.Fatal(err)
		}
		return machine.(interface{ Bytes() int }).Bytes()
	}
	one, many, room := size(1, 100), size(2000, 100), size(2000, 4*longest)
	if many != one {
		t.Errorf("2000 samples take %d bytes, and one takes %d", many, one)
	}
	if room < 3*one || room > 5*one {
		t.Errorf("four times the rows of the longest sequence take %d bytes, and these %d", room, one)
	}
}
