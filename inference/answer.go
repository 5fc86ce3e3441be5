package inference

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// Drawn is a number that was drawn: for each sequence, for each sample of it, at
// each of its steps. Sequences count the same, and so do the steps of each.
type Drawn [][][]float32

// A Statistic of what was drawn: mean, sd, quantile or prob, the mean of what is
// zero or one.
type Statistic struct {
	Kind  string
	Level float64 // of a quantile
}

// An Answer is a statistic with what it is uncertain by: the Monte-Carlo error of
// so few samples, and an interval for so few sequences. They are NaN where one
// sample, or one sequence, cannot tell.
type Answer struct {
	Value Real `json:"value"`
	Error Real `json:"error"`
	Low   Real `json:"low"`  // of the 95 % interval
	High  Real `json:"high"` // by the bootstrap over sequences
}

// replicates is how often sequences are drawn anew for an interval.
const replicates = 1000

// Answer is the statistic of d, and Difference that of a less that of b, whose
// sequences and samples belong together.
func (s Statistic) Answer(d Drawn, seed uint64) Answer {
	return s.answer([]*summed{s.sum(d)}, seed)
}

// Difference is the statistic of a less that of b.
func (s Statistic) Difference(a, b Drawn, seed uint64) Answer {
	return s.answer([]*summed{s.sum(a), s.sum(b)}, seed)
}

// answer takes the statistic of the first, less that of the second if there is one.
func (s Statistic) answer(of []*summed, seed uint64) Answer {
	n, samples := of[0].sequences, of[0].samples
	value := func(w []float64, lo, hi int) float64 {
		v := s.of(of[0], w, lo, hi)
		if len(of) > 1 {
			v -= s.of(of[1], w, lo, hi)
		}
		return v
	}
	w := slices.Repeat([]float64{1}, n)
	out := Answer{Value: Real(value(w, 0, samples)), Error: Real(math.NaN()), Low: Real(math.NaN()), High: Real(math.NaN())}
	if k := s.batches(samples); k > 1 {
		var each []float64
		for i := range k {
			each = append(each, value(w, i*samples/k, (i+1)*samples/k))
		}
		out.Error = Real(stat.StdDev(each, nil) / math.Sqrt(float64(k)))
	}
	if n < 2 {
		return out
	}
	r := rand.New(rand.NewPCG(mix("bootstrap", seed), 0))
	each := make([]float64, replicates)
	for i := range each {
		clear(w)
		for range n {
			w[r.IntN(n)]++
		}
		each[i] = value(w, 0, samples)
	}
	slices.Sort(each)
	out.Low = Real(stat.Quantile(0.025, stat.LinInterp, each, nil))
	out.High = Real(stat.Quantile(0.975, stat.LinInterp, each, nil))
	return out
}

// batches is into how many parts samples are divided to tell the error of the
// whole (batch means): what is not a mean needs parts of several.
func (s Statistic) batches(samples int) int {
	if s.Kind == "mean" || s.Kind == "prob" {
		return samples
	}
	return min(10, samples/2)
}

// A summed is what statistics are taken of.
type summed struct {
	sequences, samples int
	first, second      [][]float64 // sums over samples of the means over steps, and of those of squares, [n,S+1]
	sorted             []drawn     // of a quantile
}

// A drawn is one number with its share of its sequence and sample.
type drawn struct {
	value    float32
	share    float32 // one over the steps
	seq, nth int32
}

func (s Statistic) sum(d Drawn) *summed {
	out := &summed{sequences: len(d)}
	if len(d) > 0 {
		out.samples = len(d[0])
	}
	for i, samples := range d {
		one, two := make([]float64, len(samples)+1), make([]float64, len(samples)+1)
		for j, steps := range samples {
			n := float64(len(steps))
			one[j+1], two[j+1] = one[j], two[j]
			for _, v := range steps {
				one[j+1] += float64(v) / n
				two[j+1] += float64(v) * float64(v) / n
				if s.Kind == "quantile" {
					out.sorted = append(out.sorted, drawn{v, float32(1 / n), int32(i), int32(j)})
				}
			}
		}
		out.first, out.second = append(out.first, one), append(out.second, two)
	}
	slices.SortStableFunc(out.sorted, func(a, b drawn) int { return cmp.Compare(a.value, b.value) })
	return out
}

// of is the statistic with weights of the sequences, over samples lo to hi.
func (s Statistic) of(d *summed, w []float64, lo, hi int) float64 {
	if s.Kind == "quantile" {
		return s.quantile(d, w, lo, hi)
	}
	one, two, total := 0.0, 0.0, 0.0
	for i, x := range w {
		one += x * (d.first[i][hi] - d.first[i][lo])
		two += x * (d.second[i][hi] - d.second[i][lo])
		total += x * float64(hi-lo)
	}
	if s.Kind == "sd" {
		return math.Sqrt(max(0, two/total-one*one/(total*total)))
	}
	return one / total
}

// quantile is the least value that the level of all weight does not lie above.
func (s Statistic) quantile(d *summed, w []float64, lo, hi int) float64 {
	want := 0.0
	for _, x := range w {
		want += s.Level * x * float64(hi-lo)
	}
	sum, last := 0.0, math.NaN()
	for i := range d.sorted {
		x := &d.sorted[i]
		if int(x.nth) < lo || int(x.nth) >= hi || w[x.seq] == 0 {
			continue
		}
		last = float64(x.value)
		if sum += w[x.seq] * float64(x.share); sum >= want*(1-1e-6) {
			break
		}
	}
	return last
}
