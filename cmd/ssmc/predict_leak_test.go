package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/inference/predict"
)

// A spy notes what is drawn of the next step, after each step.
type spy struct {
	predict.Source
	drawn []string
}

func (s *spy) Begin(ctx context.Context, i int) error {
	s.drawn = nil
	return s.Source.Begin(ctx, i)
}

func (s *spy) Observe(next *predict.Drawn) {
	s.drawn = append(s.drawn, fmt.Sprint(next.Latents))
	s.Source.Observe(next)
}

// TestPredictNothingLeaks changes a sequence from some step on: what is predicted before
// stays as it was, to the bit. Were a guide that looks ahead given all, it would not.
func TestPredictNothingLeaks(t *testing.T) {
	const steps, cut = 12, 7
	text := shipped(t, "linear1d", "\nuse std.cells\nuse std.nets\n", linearGuides)
	drawn := func(guide, filter string, change float32, leak bool) []string {
		_, xs := walk("x", 1, rand.New(rand.NewPCG(1, 1)))
		x := xs[0][:steps]
		for i := cut; i < steps; i++ {
			x[i] += change
		}
		vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Real, Size: 1}}
		set := data.NewSet("x", vars, "", []data.Sequence{data.NewSequence(vars, "1", steps, [][]float32{x}, nil, nil)})
		p := predictingOf(t, text, guide, set, 2)
		out, err := p.predictor(filter, predict.Plan{Ahead: 1, Filters: 2, Particles: 20, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if leak {
			f := out.Forecasters[0]
			out.Source, err = p.fitted.Source(set, p.config, inference.Filtering{Weighed: filter == "guided", Latents: f.Latents(), Memory: f.Memory(), Plan: out.Plan})
			if err != nil {
				t.Fatal(err)
			}
		}
		s := &spy{Source: out.Source}
		out.Source = s
		if _, err := out.Scores(context.Background()); err != nil {
			t.Fatal(err)
		}
		return s.drawn
	}
	same := func(a, b []string) (n int) {
		for n < len(a) && a[n] == b[n] {
			n++
		}
		return n
	}
	for _, c := range []struct{ guide, filter string }{
		{"ST_R", "guide"}, {"LOOK", "guide"}, {"NEAR", "guide"}, {"ST_LR", "guide"}, {"MF_LR", "guide"},
		{"ST_R", "guided"}, {"LOOK", "guided"}, {"NEAR", "guided"}, {"NEAR", "bootstrap"},
	} {
		// What is known after the first cut steps, none of them changed, is the same.
		if n := same(drawn(c.guide, c.filter, 0, false), drawn(c.guide, c.filter, 5, false)); n != cut+1 {
			t.Errorf("%s by %s: predictions are the same after %d steps, and %d are", c.guide, c.filter, n-1, cut)
		}
	}
	for _, filter := range []string{"guide", "guided"} {
		if n := same(drawn("LOOK", filter, 0, true), drawn("LOOK", filter, 5, true)); n > 1 {
			t.Errorf("%s: what leaks is not seen", filter)
		}
	}
}

// TestPredictThreads: any number of threads gives the same scores, to the bit, and another
// seed gives others.
func TestPredictThreads(t *testing.T) {
	set, _ := walk("x", 3, rand.New(rand.NewPCG(2, 2)))
	text := shipped(t, "linear1d", "\nuse std.cells\nuse std.nets\n", linearGuides)
	for _, filter := range []string{"guide", "bootstrap", "guided"} {
		encoded := func(threads int, seed uint64) string {
			p := predictingOf(t, text, "LOOK", set, threads).scored(t, filter, predict.Plan{Ahead: 2, Filters: 2, Particles: 20, Seed: seed})
			out, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			return string(out)
		}
		one := encoded(1, 1)
		if three := encoded(3, 1); one != three {
			t.Errorf("%s depends on threads:\n%s\n%s", filter, one, three)
		}
		if other := encoded(1, 2); one == other {
			t.Errorf("%s does not depend on the seed", filter)
		}
	}
}

// TestPredictTooLong refuses a guide that looks ahead where a sequence is too long for it.
func TestPredictTooLong(t *testing.T) {
	vars := []data.Var{{Name: "x", Role: data.Observed, Kind: data.Real, Size: 1}}
	set := data.NewSet("long", vars, "", []data.Sequence{data.NewSequence(vars, "1", 100000, [][]float32{make([]float32, 100000)}, nil, nil)})
	plan := predict.Plan{Ahead: 1, Filters: 5, Particles: 100}
	text := shipped(t, "linear1d")
	_, err := predictingOf(t, text, "ST_R", set, 1).predictor("guided", plan)
	if err == nil || !strings.Contains(err.Error(), "--filter guided: the guide looks ahead, so that it is given the steps before each step anew: 5e+09 frames of 500 draws; take fewer draws, another filter, or a guide that looks back, as ST_L") {
		t.Error(err)
	}
	if _, err := predictingOf(t, text, "ST_L", set, 1).predictor("guided", plan); err != nil {
		t.Error(err)
	}
}
