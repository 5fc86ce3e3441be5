package inference

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"ssmc/inference/data"
)

// benchmarked is the speed of the linear model on ten sequences in batches of
// four.
func benchmarked(t *testing.T, o BenchOptions) *Speed {
	t.Helper()
	d := &data.Bundle{Train: walks("train.csv", 1, 10, 9), Valid: walks("valid.csv", 2, 3, 9)}
	s, err := Bench(context.Background(), linearModel, d, config(t, "batch=4", "threads=1"), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Sequences != 10 || s.Frames != d.Train.Frames() || s.PerEpoch != 3 || s.Parameters != 5 {
		t.Errorf("%+v", s)
	}
	return s
}

// TestBenchEpochs times whole epochs: each has all frames once.
func TestBenchEpochs(t *testing.T) {
	s := benchmarked(t, BenchOptions{Least: time.Millisecond})
	if n := len(s.Each); n == 0 || n%3 != 0 || s.Total() < time.Millisecond {
		t.Fatalf("%d updates in %v", n, s.Total())
	}
	for epoch := range slices.Chunk(s.Each, 3) {
		if frames := epoch[0].Frames + epoch[1].Frames + epoch[2].Frames; frames != s.Frames {
			t.Errorf("%d frames in an epoch of %d", frames, s.Frames)
		}
	}
	if s.Start <= 0 || s.ArrayBytes <= 0 || s.ParameterBytes < 4*4*5 { // two moments and a gradient
		t.Errorf("start %v, %d and %d bytes", s.Start, s.ArrayBytes, s.ParameterBytes)
	}
}

// TestBenchUpdates times as many updates as it is told to.
func TestBenchUpdates(t *testing.T) {
	for _, n := range []int{1, 7} {
		if s := benchmarked(t, BenchOptions{Updates: n}); len(s.Each) != n {
			t.Errorf("%d updates, not %d", len(s.Each), n)
		}
	}
}

// TestBenchPhases asks that phases are all of the time, each of them some of it,
// and that what they say of the model's statements is told apart by place.
func TestBenchPhases(t *testing.T) {
	s := benchmarked(t, BenchOptions{Updates: 9})
	sum := time.Duration(0)
	var names []string
	for _, p := range s.Phases {
		sum += p.Time()
		names = append(names, p.Name+p.Pos)
		if p.Time() < 0 {
			t.Errorf("%s takes %v", p.Name, p.Time())
		}
	}
	if sum != s.Total() {
		t.Errorf("phases take %v, updates %v", sum, s.Total())
	}
	want := []string{Waiting, Loading, Weighing, "linear.ssm:7", Norming, Penalties, Moving, Resting}
	if !slices.Equal(names, want) {
		t.Errorf("phases %q, want %q", names, want)
	}
	if f := s.Flops(); f.Products != 0 || f.Others <= 0 || s.Rate() <= 0 {
		t.Errorf("%+v", f)
	}
}

// TestBenchOtherDevice measures a machine that tells nothing of itself.
func TestBenchOtherDevice(t *testing.T) {
	s, err := Bench(context.Background(), meanModel, bundle(), config(t, "batch=4"), BenchOptions{Device: &fakeDevice{}, Updates: 2})
	if err != nil || len(s.Each) != 2 || len(s.Phases) != 4 {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestBenchCancelled gives what was timed before the end.
func TestBenchCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	d := &data.Bundle{Train: walks("train.csv", 1, 10, 9)}
	o := BenchOptions{Least: time.Hour, Watch: func(part float64) {
		if part < 0 || part > 1 {
			t.Errorf("%v is done", part)
		}
		cancel()
	}}
	s, err := Bench(ctx, linearModel, d, config(t, "threads=1"), o)
	if !errors.Is(err, context.Canceled) || s == nil || len(s.Each) == 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSpeed(t *testing.T) {
	s := &Speed{Frames: 100, PerEpoch: 3}
	for _, ms := range []int{5, 1, 3, 2, 4, 6, 30, 10} {
		s.Each = append(s.Each, UpdateTime{time.Duration(ms) * time.Millisecond, 50})
	}
	for q, want := range map[float64]time.Duration{0: 1, 0.5: 4500, 1: 30, 1.0 / 7: 2} {
		if q != 0.5 {
			want *= 1000
		}
		if got := s.Update(q); (got - want*time.Microsecond).Abs() > time.Nanosecond { // rounding
			t.Errorf("quantile %v is %v, want %v", q, got, want*time.Microsecond)
		}
	}
	if got := s.Epoch(); got != 10500*time.Microsecond { // of 9 and 12 ms; the third is not whole
		t.Errorf("an epoch takes %v", got)
	}
	s.Each = s.Each[:2]
	if got := s.Epoch(); got != 6*time.Millisecond { // 100 frames, as these are
		t.Errorf("an epoch takes %v", got)
	}
}
