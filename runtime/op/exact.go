package op

import "fmt"

// Kalman is the log likelihood of linear-Gaussian chains with n = State states
// and p = Obs observations a frame,
//
//	x[t] ~ N(A x[t-1] + b, Q),  y[t] ~ N(C x[t] + d, R),
//
// in nats: row t is log p(y[t] | observations before), [N,1]. At the first
// frame of a sequence b and Q are the mean and covariance of the state, and A
// is not read. The inputs are
//
//	0 y        [N,p]
//	1 present  [N,p] or Once [1,p], 0 where y is missing: it is then left out
//	2 A        Once [n,n] or [N,n*n], row-major
//	3 b        Once [1,n] or [N,n]
//	4 Q        variances, Once [1,n] or [N,n], or, if FullQ, covariances,
//	           Once [n,n] or [N,n*n], of which the symmetric part counts
//	5 C        Once [p,n] or [N,p*n]
//	6 d        Once [1,p] or [N,p]
//	7 R        like Q, of p, with FullR
//
// where all rows are y's. A covariance that is none gives NaN.
type Kalman struct {
	State, Obs   int
	FullQ, FullR bool
}

func (Kalman) Name() string    { return "Kalman" }
func (Kalman) Diff(i int) bool { return i != 1 }
func (k Kalman) Key() string   { return fmt.Sprint(k.State, k.Obs, k.FullQ, k.FullR) }
func (k Kalman) Infer(in []Shape) (Shape, error) {
	n, p := k.State, k.Obs
	return stepsOf(in, "y", p,
		[]block{{"present", 1, p}, {"A", n, n}, {"b", 1, n}, covBlock("Q", n, k.FullQ),
			{"C", p, n}, {"d", 1, p}, covBlock("R", p, k.FullR)})
}

// Chain is the log likelihood of finite chains of K = States states, in nats:
// row t is log p(observations at t | those before), [N,1]. The inputs are
//
//	0 logp   [N,K]: the log density of the observations at t in each state
//	1 trans  Once [K,K] or [N,K*K], row-major: log probabilities, a row for
//	         each state to come from; not read at the first frame
//	2 start  Once [1,K], Seq [B,K] or [N,K]: log probabilities of the first
//	         state; of [N,K] the first frame's are read
//
// where all rows are logp's.
type Chain struct{ States int }

func (Chain) Name() string  { return "Chain" }
func (Chain) Diff(int) bool { return true }
func (c Chain) Key() string { return fmt.Sprint(c.States) }
func (c Chain) Infer(in []Shape) (Shape, error) {
	k := c.States
	if len(in) == 3 && in[2].Axis == Seq && in[2].Cols == k && in[2].Sampled == in[0].Sampled {
		return stepsOf(in[:2], "logp", k, []block{{"trans", k, k}})
	}
	return stepsOf(in, "logp", k, []block{{"trans", k, k}, {"start", 1, k}})
}

// A block is an input that is a matrix, once or at each frame.
type block struct {
	name       string
	rows, cols int
}

// covBlock is covariances or, if not full, variances.
func covBlock(name string, n int, full bool) block {
	if full {
		return block{name, n, n}
	}
	return block{name, 1, n}
}

// stepsOf is the shape of one number a frame of the first input, which has cols
// columns; the blocks are the other inputs.
func stepsOf(in []Shape, name string, cols int, blocks []block) (Shape, error) {
	if len(in) != len(blocks)+1 {
		return Shape{}, fmt.Errorf("%d inputs, want %d", len(in), len(blocks)+1)
	}
	first := in[0]
	if first.Axis != Frame || first.Cols != cols {
		return first, fmt.Errorf("%s is %v, want %v", name, first, PerFrame(cols))
	}
	for i, b := range blocks {
		s, frames := in[i+1], first.WithCols(b.rows*b.cols)
		if once := Static(b.rows, b.cols); s != once && s != frames {
			return first, fmt.Errorf("%s is %v, want %v or %v", b.name, s, once, frames)
		}
	}
	return first.WithCols(1), nil
}
