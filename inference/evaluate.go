package inference

import (
	"context"
	"math"

	"ssmc/inference/baseline"
	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A Fitted is a model with its parameters, where it can be computed.
type Fitted struct {
	Model  *runtime.Model
	Params *runtime.Params[float32]
	Device Device
	// Progress, if not nil, is told which part of the work is done, 0 to 1.
	Progress func(part float64)
}

// Bound is the negative evidence lower bound of the sequences of set, the mean
// over c.Eval.BoundSamples posterior samples: their negative log likelihood is
// less, on average. Closed KL terms are used unless c.KL is sampled.
func (f Fitted) Bound(ctx context.Context, set *data.Set, c *Config) (Score, error) {
	s, err := f.scorer(set, c, c.KL == "sampled", c.Eval.BoundSamples)
	if err != nil {
		return Score{}, err
	}
	return s.bound(ctx, c.Eval.BoundSamples, c.Seed, f.Progress)
}

// NLL estimates the negative log likelihood of the sequences of set as
// c.Eval.NLL says: see Importance and Filter.
func (f Fitted) NLL(ctx context.Context, set *data.Set, c *Config) (Score, error) {
	if c.Eval.NLL == "filter" && len(f.Model.Sites) > 0 {
		return f.Filter(ctx, set, c)
	}
	return f.Importance(ctx, set, c)
}

// Filter estimates the negative log likelihood of the sequences of set by
// particle filters: minus the log of the mean of c.Eval.Runs estimates of each
// likelihood, which are unbiased (Del Moral 2004), so that the score is too
// large on average, by about half the variance of an estimate's log over the
// runs. Its standard error is by how the runs differ.
func (f Fitted) Filter(ctx context.Context, set *data.Set, c *Config) (Score, error) {
	spec := runtime.Spec{Sampled: true, Join: op.Filter, Bootstrap: c.Eval.Proposal == "model"}
	machine, err := f.Device.Machine(f.Model, spec, f.Params, false)
	if err != nil {
		return Score{}, err
	}
	s, err := newJoinedScorer(f.Model, machine, set, c.Eval.Frames, c.Eval.Particles)
	if err != nil {
		return Score{}, err
	}
	score, err := s.nll(ctx, c.Eval.Runs, c.Seed, f.Progress, nil)
	score.Samples, score.Particles = c.Eval.Runs*c.Eval.Particles, c.Eval.Particles
	score.Few = 0 // few runs say nothing of how many particles count
	return score, err
}

// Importance estimates the negative log likelihood of the sequences of set by
// importance sampling with the guide as the proposal: for each sequence, minus
// the log of the mean over S samples of w = p(x,z)/q(z|x). The estimate is too
// large on average, by about Var(w)/(2 S E[w]²) nats a sequence; its standard
// error is by the delta method. Where the guide is exact, so is the score.
func (f Fitted) Importance(ctx context.Context, set *data.Set, c *Config) (Score, error) {
	s, err := f.scorer(set, c, true, c.Eval.NLLSamples)
	if err != nil {
		return Score{}, err
	}
	return s.nll(ctx, c.Eval.NLLSamples, c.Seed, f.Progress, nil)
}

// scorer prepares to evaluate one form of the bound.
func (f Fitted) scorer(set *data.Set, c *Config, sampled bool, samples int) (*scorer, error) {
	machine, err := f.Device.Machine(f.Model, runtime.Spec{Sampled: sampled}, f.Params, false)
	if err != nil {
		return nil, err
	}
	return newScorer(f.Model, machine, set, c.Eval.Frames, samples)
}

// bound averages the bound over samples.
func (s *scorer) bound(ctx context.Context, samples int, seed uint64, progress func(float64)) (Score, error) {
	mean := make([]moments, len(s.set.Sequences))
	tell := s.progress(s.draws(samples), progress)
	err := s.sweep(ctx, s.draws(samples), mix("bound", seed), func(seq int, bounds []float64) {
		mean[seq].add(bounds)
		tell(seq, len(bounds))
	})
	if err != nil {
		return Score{}, err
	}
	return sampledScore("bound", s.set, s.told(samples), func(seq int) (nats, variance float64) {
		return -mean[seq].mean, mean[seq].variance()
	}), nil
}

// nll takes logs of mean weights over samples. It shows the logs to also, if
// that is not nil, as sweep does.
func (s *scorer) nll(ctx context.Context, samples int, seed uint64, progress func(float64), also func(seq int, logs []float64)) (Score, error) {
	weights := make([]logMean, len(s.set.Sequences))
	tell := s.progress(s.draws(samples), progress)
	err := s.sweep(ctx, s.draws(samples), mix("nll", seed), func(seq int, logs []float64) {
		weights[seq].add(logs)
		if also != nil {
			also(seq, logs)
		}
		tell(seq, len(logs))
	})
	if err != nil {
		return Score{}, err
	}
	score := sampledScore("nll", s.set, s.told(samples), func(seq int) (nats, variance float64) {
		return -weights[seq].log(), weights[seq].variance()
	})
	for i := range weights {
		if !s.exact && weights[i].effective() < fewEffective {
			score.Few++
		}
	}
	return score, nil
}

// progress counts the frames that are visited and tells the share of all.
func (s *scorer) progress(samples int, tell func(float64)) func(seq, k int) {
	if tell == nil {
		return func(int, int) {}
	}
	all, done := float64(s.set.Frames()*samples), 0
	return func(seq, k int) {
		done += s.set.Sequences[seq].Len * k
		tell(float64(done) / all)
	}
}

// moments is a running mean and sum of squared deviations (Welford 1962).
type moments struct {
	n        int
	mean, sq float64
}

func (m *moments) add(x []float64) {
	for _, v := range x {
		m.n++
		d := v - m.mean
		m.mean += d / float64(m.n)
		m.sq += d * (v - m.mean)
	}
}

// variance is that of the mean as an estimate; 0 if a single value can't tell.
func (m *moments) variance() float64 {
	if m.n < 2 {
		return 0
	}
	return m.sq / float64(m.n-1) / float64(m.n)
}

// logMean is a running mean of weights that are given by their logs: the
// largest so far, and the sums of all and of their squares relative to it.
type logMean struct {
	n             int
	top, sum, sqs float64
}

func (m *logMean) add(logs []float64) {
	for _, v := range logs {
		if m.n == 0 || v > m.top {
			shrink := math.Exp(m.top - v)
			if m.n == 0 {
				shrink = 0
			}
			m.sum, m.sqs, m.top = m.sum*shrink, m.sqs*shrink*shrink, v
		}
		w := math.Exp(v - m.top)
		m.sum += w
		m.sqs += w * w
		m.n++
	}
}

// log is the log of the mean.
func (m *logMean) log() float64 { return m.top + math.Log(m.sum/float64(m.n)) }

// fewEffective is the effective samples below which a likelihood rests on few.
const fewEffective = 10

// effective is the effective sample size of the weights (Kong 1992).
func (m *logMean) effective() float64 { return m.sum * m.sum / m.sqs }

// variance is that of log as an estimate: the variance of the mean over its
// square; 0 if a single weight can't tell.
func (m *logMean) variance() float64 {
	if m.n < 2 {
		return 0
	}
	n := float64(m.n)
	return max(0, m.sqs/(m.sum*m.sum)-1/n) * n / (n - 1)
}

// Baselines scores set with the naive predictors, learned from train.
func Baselines(train, set *data.Set) ([]Score, error) {
	if err := checkSequences(set); err != nil {
		return nil, err
	}
	var out []Score
	for _, f := range []func(train, set *data.Set) (baseline.Score, error){baseline.Climatology, baseline.Persistence} {
		s, err := f(train, set)
		if err != nil {
			return nil, err
		}
		out = append(out, newScore(s.Name, set, s.Each, make([]float64, len(s.Each))))
	}
	return out, nil
}
