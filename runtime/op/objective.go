package op

import "fmt"

// A Join says how the K samples of a sequence make one bound.
type Join uint8

// The ways to join samples. Log weights are minus the terms times their
// coefficients, added up over time.
const (
	// Mean is the weighted sum of the terms: the evidence lower bound.
	Mean Join = iota
	// LogMean is the log of the mean weight over samples (Burda et al. 2016).
	LogMean
	// Filter is the log of a particle filter's estimate of the likelihood
	// (Maddison et al. 2017): samples are particles, which Ancestors resamples.
	Filter
)

func (j Join) String() string { return [...]string{"mean", "log mean", "filter"}[j] }

// Total is the cost, one number. The first input holds the coefficients, Once
// [1,n], and input i+1 is term i. With Mean it is the sum over i of coefficient
// i times the sum of term i. Otherwise it is minus the sum of what each sequence
// gives to the bound; terms that are Once stand beside, as with Mean.
type Total struct{ Join Join }

func (Total) Name() string    { return "Total" }
func (Total) Diff(i int) bool { return i > 0 }
func (t Total) Key() string   { return t.Join.String() }
func (Total) Infer(in []Shape) (Shape, error) {
	if in[0] != Static(1, len(in)-1) {
		return in[0], fmt.Errorf("%d terms need as many coefficients, not %v", len(in)-1, in[0])
	}
	return Static(1, 1), nil
}

// Detach is its input, through which no gradient passes.
type Detach struct{}

func (Detach) Name() string                    { return "Detach" }
func (Detach) Diff(int) bool                   { return false }
func (Detach) Key() string                     { return "" }
func (Detach) Infer(in []Shape) (Shape, error) { return in[0], nil }

// Reweigh is its input, [N*K,D] or [B*K,D]. The gradient of each row is multiplied by the
// weight of its sample among the K, which add up to one: this turns the gradient
// of LogMean by the samples into the doubly reparameterised one (Tucker et al.
// 2019, eq. 8). It needs a Total that does not take the Mean.
type Reweigh struct{}

func (Reweigh) Name() string  { return "Reweigh" }
func (Reweigh) Diff(int) bool { return true }
func (Reweigh) Key() string   { return "" }
func (Reweigh) Infer(in []Shape) (Shape, error) {
	if in[0].Axis == Once || !in[0].Sampled {
		return in[0], fmt.Errorf("%v has no samples to weigh", in[0])
	}
	return in[0], nil
}

// Gate is its first input. Its gradient passes if the mean of all numbers of the
// second is at least Least.
type Gate struct{ Least float64 }

func (Gate) Name() string                    { return "Gate" }
func (Gate) Diff(i int) bool                 { return i == 0 }
func (g Gate) Key() string                   { return fmt.Sprint(g.Least) }
func (Gate) Infer(in []Shape) (Shape, error) { return in[0], nil }

// Ancestors resamples the K particles of each sequence. Row (t,b,k) of the
// result [N*K,1] is the particle, from 0, that particle k goes on from after t.
// The first input is uniform noise [N,1]; the others are the terms of the bound,
// whose coefficients make them log weights. Where the effective sample size
// (Kong 1992) of the weights since the last resampling has fallen below K/2,
// ancestors are drawn systematically (Carpenter et al. 1999); else each particle
// goes on from itself. There is no gradient by the weights.
//
// It is a scan of its own: rows of one time after another, from the first on.
type Ancestors struct{}

func (Ancestors) Name() string  { return "Ancestors" }
func (Ancestors) Diff(int) bool { return false }
func (Ancestors) Key() string   { return "" }
func (Ancestors) Infer(in []Shape) (Shape, error) {
	out := Shape{Axis: Frame, Sampled: true, Cols: 1}
	if len(in) == 0 || in[0] != PerFrame(1) {
		return out, fmt.Errorf("the noise of resampling is %v, not %v", in, PerFrame(1))
	}
	for _, s := range in[1:] {
		if s.Axis != Once && s.Cols != 1 {
			return out, fmt.Errorf("a term is %v, not one column", s)
		}
	}
	return out, nil
}

// Gather gives each particle the row of its ancestor: the first input [N*K,D],
// at the particle of the same sequence and time that the second [N*K,1] names.
type Gather struct{}

func (Gather) Name() string    { return "Gather" }
func (Gather) Diff(i int) bool { return i == 0 }
func (Gather) Key() string     { return "" }
func (Gather) Infer(in []Shape) (Shape, error) {
	if x, a := in[0], in[1]; x.Axis != Frame || !x.Sampled || a != x.WithCols(1) {
		return x, fmt.Errorf("cannot gather %v of %v", a, x)
	}
	return in[0], nil
}
