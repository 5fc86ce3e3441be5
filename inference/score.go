package inference

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// A Score is a negative log likelihood of a set of sequences or an upper bound
// of it, in nats: less is better.
type Score struct {
	Name             string  `json:"name"`                // nll, bound, or a baseline's
	Data             string  `json:"data"`                // the set, and
	Fingerprint      string  `json:"fingerprint"`         // what tells its contents
	Value            float64 `json:"value"`               // a frame: the total over all frames
	PerSequence      float64 `json:"per_sequence"`        // mean over sequences of each one's nats a frame
	Error            float64 `json:"error"`               // Monte-Carlo standard error of Value; 0 if exact, or a single sample can't tell
	PerSequenceError float64 `json:"per_sequence_error"`  // and of PerSequence
	Samples          int     `json:"samples,omitempty"`   // 0 if exact
	Particles        int     `json:"particles,omitempty"` // of each filter, whose samples these then are; 0 without
	Sequences        int     `json:"sequences"`
	Frames           int     `json:"frames"`

	// Few is the sequences whose likelihood rests on fewer than 10 effective
	// samples: on hardly more than the largest of their importance weights.
	Few int `json:"few_effective_samples,omitempty"`

	Each []float64 `json:"-"` // nats of each sequence, in the order of the set
}

// newScore sums up the nats of each sequence and the variances of their estimates.
func newScore(name string, set *data.Set, each, variance []float64) Score {
	s := Score{Name: name, Data: set.Name, Fingerprint: set.Fingerprint, Each: each, Sequences: len(each), Frames: set.Frames()}
	total, spread, evenSpread := 0.0, 0.0, 0.0
	for i, x := range each {
		share := 1 / float64(set.Sequences[i].Len) / float64(len(each))
		total += x
		spread += variance[i]
		s.PerSequence += x * share
		evenSpread += variance[i] * share * share
	}
	s.Value = total / float64(s.Frames)
	s.Error, s.PerSequenceError = math.Sqrt(spread)/float64(s.Frames), math.Sqrt(evenSpread)
	return s
}

// sampledScore sums up estimates by so many samples, 0 if they are exact: of gives the nats of each
// sequence and the variance of their estimate.
func sampledScore(name string, set *data.Set, samples int, of func(seq int) (nats, variance float64)) Score {
	each, variance := make([]float64, len(set.Sequences)), make([]float64, len(set.Sequences))
	for i := range each {
		each[i], variance[i] = of(i)
	}
	s := newScore(name, set, each, variance)
	s.Samples = samples
	return s
}

// A scorer evaluates a form of a model's bound on the sequences of a set.
type scorer struct {
	set     *data.Set
	machine runtime.Machine
	packer  *packer
	plan    [][]piece
	frames  int  // frames times samples of one run
	exact   bool // no term depends on samples
	joined  int  // samples that make one bound together; 0 if each makes its own
	coef    []float64
	batch   runtime.Batch
	term    []float64 // [B,K] of one term
	sum     []float64 // [B,K] of all

	inspect func(b *runtime.Batch, k int) // if not nil, may read the machine after each run, of k samples
}

// mostSamples is as many samples of a sequence as one run takes: with more, runs
// would hold too few sequences for the recurrent nets to be computed well.
const mostSamples = 64

// newScorer prepares to take so many samples of each sequence of set.
func newScorer(m *runtime.Model, machine runtime.Machine, set *data.Set, frames, samples int) (*scorer, error) {
	p, err := newPacker(set, m.Ports)
	if err != nil {
		return nil, err
	}
	if err := checkSequences(set); err != nil {
		return nil, err
	}
	s := &scorer{set: set, machine: machine, packer: p, frames: frames, exact: !slices.ContainsFunc(machine.Terms(), isSampled)}
	s.plan = evalPlan(set, frames/min(s.draws(samples), mostSamples))
	s.reserve(samples)
	for _, t := range machine.Terms() { // the cost is where machines look for numbers that are not finite
		s.coef = append(s.coef, -t.Kind.Sign())
	}
	return s, nil
}

// newJoinedScorer prepares to take bounds by so many samples of each sequence of set.
func newJoinedScorer(m *runtime.Model, machine runtime.Machine, set *data.Set, frames, samples int) (*scorer, error) {
	s, err := newScorer(m, machine, set, frames, samples)
	if err == nil {
		s.joined = samples
	}
	return s, err
}

// reserve makes room for the largest run.
func (s *scorer) reserve(samples int) {
	rows, k, n, sequences := 0, 0, 0, 0
	for _, list := range s.plan {
		frames := 0
		for _, p := range list {
			frames += p.frames()
		}
		if most := s.most(s.draws(samples), frames); most*frames > rows {
			rows, k, n, sequences = most*frames, most, frames, len(list)
		}
	}
	reserve(s.machine, k, sequences, n)
}

// most is how many samples one run takes of a batch.
func (s *scorer) most(samples, frames int) int { return max(1, min(samples, s.frames/frames)) }

// draws is how many samples it takes for estimates by so many: one, which has no
// effect, where there is nothing to sample.
func (s *scorer) draws(samples int) int {
	if s.exact {
		return 1
	}
	return samples
}

// told is the number of samples that a score tells.
func (s *scorer) told(samples int) int {
	if s.exact {
		return 0
	}
	return samples
}

// checkSequences refuses sets that no score can be given to.
func checkSequences(set *data.Set) error {
	if len(set.Sequences) == 0 {
		return fmt.Errorf("%s has no sequences", set.Name)
	}
	for i := range set.Sequences {
		if set.Sequences[i].Len == 0 {
			return fmt.Errorf("sequence %s of %s is empty", set.Sequences[i].ID, set.Name)
		}
	}
	return nil
}

// sweep takes so many bounds of each sequence, one at each sample or by all of
// those that are joined, and calls visit with them: several times, with some of
// the bounds each time. The noise is a function of the seed alone. A bound that
// is not finite is an error.
func (s *scorer) sweep(ctx context.Context, samples int, seed uint64, visit func(seq int, bounds []float64)) error {
	for i, list := range s.plan {
		s.packer.pack(&s.batch, list)
		frames := 0
		for _, n := range s.batch.Lens {
			frames += n
		}
		most := s.most(samples, frames)
		for done, step := 0, uint64(0); done < samples; step++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := min(most, samples-done)
			r := runtime.Run{K: n, Coef: s.coef, Seed: mix("evaluation", seed, uint64(i)), Step: step}
			if s.joined > 0 {
				n, r.K = 1, s.joined
			}
			if err := s.run(r, n, visit); err != nil {
				return err
			}
			done += n
		}
	}
	return nil
}

// run evaluates the batch once and visits its sequences, with n bounds of each.
func (s *scorer) run(r runtime.Run, n int, visit func(seq int, bounds []float64)) error {
	if err := s.machine.Run(&s.batch, r); err != nil {
		return fmt.Errorf("evaluate %s: %w", s.set.Name, whose(err, s.set))
	}
	if s.inspect != nil {
		s.inspect(&s.batch, r.K)
	}
	s.sum = resizeFloats(s.sum, len(s.batch.Lens)*n)
	if s.joined > 0 {
		s.machine.Bounds(s.sum)
	} else {
		s.addTerms()
	}
	for b, seq := range s.batch.Index {
		bounds := s.sum[b*n : (b+1)*n]
		if err := finite(bounds); err != nil {
			return fmt.Errorf("sequence %s of %s has a bound that is %w", s.set.Sequences[seq].ID, s.set.Name, err)
		}
		visit(seq, bounds)
	}
	return nil
}

// addTerms adds up the terms by sequence and sample.
func (s *scorer) addTerms() {
	s.term = resizeFloats(s.term, len(s.sum))
	clear(s.sum)
	for i, t := range s.machine.Terms() {
		if isOnce(t) {
			continue // a cost of learning, not of these data
		}
		s.machine.Sequence(s.term, i)
		for j, x := range s.term {
			s.sum[j] += t.Kind.Sign() * x
		}
	}
}

// whose adds the name of the sequence to an error that has its number.
func whose(err error, set *data.Set) error {
	var at *cpu.NotFinite
	if !errors.As(err, &at) || at.Sequence < 0 || at.Sequence >= len(set.Sequences) {
		return err
	}
	return fmt.Errorf("%w (sequence %s of %s)", err, set.Sequences[at.Sequence].ID, set.Name)
}

// finite reports the first number that is not.
func finite(x []float64) error {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return infinite(v)
		}
	}
	return nil
}

func resizeFloats(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}
