package main

import (
	"context"
	"fmt"

	"ssmc/inference"
	"ssmc/inference/data"
)

// A watcher is told which part, 0 to 1, of a piece of work is done.
type watcher func(what string, part float64)

// scoresOf is the scores of a fitted model on a set, as the settings ask for
// them, and those of the naive baselines, learned from train, on the same frames.
func scoresOf(ctx context.Context, f inference.Fitted, train, set *data.Set, c *inference.Config, watch watcher) ([]inference.Score, error) {
	var scores []inference.Score
	if c.Eval.NLL != "none" {
		f.Progress = watch.of("likelihood by " + estimateText(c))
		s, err := f.NLL(ctx, set, c)
		if err != nil {
			return nil, err
		}
		scores = append(scores, s)
	}
	if c.Eval.Bound != "none" {
		f.Progress = watch.of(fmt.Sprintf("bound by %d samples", c.Eval.BoundSamples))
		s, err := f.Bound(ctx, set, c)
		if err != nil {
			return nil, err
		}
		scores = append(scores, s)
	}
	naive, err := inference.Baselines(train, set)
	return append(scores, naive...), err
}

// estimateText is how many samples or particles the likelihood is estimated by.
func estimateText(c *inference.Config) string {
	if c.Eval.NLL == "filter" {
		return fmt.Sprintf("%d times %d particles", c.Eval.Runs, c.Eval.Particles)
	}
	return fmt.Sprintf("%d samples", c.Eval.NLLSamples)
}

// of is the watcher of one piece of work.
func (w watcher) of(what string) func(part float64) {
	if w == nil {
		return nil
	}
	return func(part float64) { w(what, part) }
}

// scoreNamed finds a score, or is nil.
func scoreNamed(scores []inference.Score, name string) *inference.Score {
	for i := range scores {
		if scores[i].Name == name {
			return &scores[i]
		}
	}
	return nil
}

// isBaseline reports whether a score is a naive predictor's.
func isBaseline(s inference.Score) bool { return s.Name != "nll" && s.Name != "bound" }

// verdict compares the model with the best of the baselines.
func verdict(scores []inference.Score) string {
	model := scoreNamed(scores, "nll")
	if model == nil {
		model = scoreNamed(scores, "bound")
	}
	var best *inference.Score
	for i, s := range scores {
		if isBaseline(s) && (best == nil || s.Value < best.Value) {
			best = &scores[i]
		}
	}
	switch {
	case model == nil || best == nil:
		return ""
	case model.Value+2*model.Error < best.Value:
		return fmt.Sprintf("The model beats the naive baselines: %s, the better one, by %.4f nats a frame.", best.Name, best.Value-model.Value)
	case model.Value < best.Value:
		return fmt.Sprintf("The model is not clearly better than %s: %.4f nats a frame are within the error.", best.Name, best.Value-model.Value)
	}
	return fmt.Sprintf("The model does not beat %s, which is better by %.4f nats a frame.", best.Name, model.Value-best.Value)
}
