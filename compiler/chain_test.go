package compiler

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/floats/scalar"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
)

// switching is a model of two chains of classes, the second of which reads the
// first, and of a latent that moves as they say. ROLE is latent, or input where
// the classes are known.
const switching = `
model S {
  observed x[t]: real
  ROLE c[t]: one_of[2]
  ROLE d[t]: one_of[2]
  latent z[t]: real
  param p: real[2, 2] init [0.7, -0.4, 0.2, 0.1]
  param r: real[2, 2] init [0.3, 0.8, -0.6, 0.5]
  param a: real[2] init [0.9, -0.5]
  param m: real[2] init [1.5, -1]
  param q: real[2] init [0.2, 2]
  CLASSES
  let shift[t] = m[c[t]]
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=a[c[t]] * z[t-1], var=exp(q[d[t]]))
  x[t] ~ Normal(mean=z[t] + shift[t], var=0.5)
}
guide G = sum(c[t]) * sum(d[t]) * q(z[t] | z[1:t-1], x[t:T]) with rnn=gru(3), embed=none
guide N = sum(c[t]) * sum(d[t]) * q(z[t]) {
  z[t] ~ Normal(mean=0, sd=1.5)
}
`

// asChains is the model with chains that are summed out.
func asChains() string {
	return strings.NewReplacer("ROLE", "latent", "CLASSES", `
  c[1] ~ Categorical(probs=[0.3, 0.7])
  c[t] ~ Categorical(logits=p[c[t-1]])
  d[t] ~ Categorical(logits=r[c[t]])`).Replace(switching)
}

// logSoft is the log probabilities of logits.
func logSoft(x ...float64) []float64 {
	total := floats.LogSumExp(x)
	floats.AddConst(-total, x)
	return x
}

// chainPaths is the log likelihood of x by its definition: over all paths of the
// classes, the Kalman filter's likelihood given the path times its probability.
func chainPaths(t *testing.T, x []float32) float64 {
	p := [][]float64{logSoft(0.7, -0.4), logSoft(0.2, 0.1)}
	r := [][]float64{logSoft(0.3, 0.8), logSoft(-0.6, 0.5)}
	start := []float64{math.Log(0.3), math.Log(0.7)}
	known := strings.NewReplacer("ROLE", "input", "CLASSES", "").Replace(switching)
	known, _, _ = strings.Cut(known, "guide")
	prog := load(t, known, "exact")
	var terms []float64
	for path := range 1 << (2 * len(x)) {
		c, d := make([]float32, len(x)), make([]float32, len(x))
		weight := 0.0
		for i := range x {
			k, l := path>>(2*i)&1, path>>(2*i+1)&1
			c[i], d[i] = float32(k), float32(l)
			if i == 0 {
				weight += start[k]
			} else {
				weight += p[int(c[i-1])][k]
			}
			weight += r[k][l]
		}
		b := &runtime.Batch{Lens: []int{len(x)}, Index: []int{0}, Data: [][]float32{x, c, d}, Present: make([][]float32, 3)}
		terms = append(terms, weight+exactLikelihood(t, prog, b))
	}
	return floats.LogSumExp(terms)
}

// TestSum compares the likelihood by importance sampling, the classes summed out
// at each sample, with its definition: 200,000 samples; four standard errors.
func TestSum(t *testing.T) {
	x := []float32{0.5, -1.2, 2}
	prog := load(t, asChains(), "N")
	const k, runs = 2000, 100
	machine, err := cpu.New(prog.Model, runtime.Spec{Sampled: true}, runtime.NewParams[float64](prog.Model.Params, 1), nil, false)
	if err != nil {
		t.Fatal(err)
	}
	b := &runtime.Batch{Lens: []int{len(x)}, Index: []int{0}, Data: [][]float32{x}, Present: [][]float32{nil}}
	coef := coefficients(machine.Terms(), 1)
	var weights, term []float64
	for step := range runs {
		if err := machine.Run(b, runtime.Run{K: k, Coef: coef, Seed: 1, Step: uint64(step)}); err != nil {
			t.Fatal(err)
		}
		logs := make([]float64, k)
		for i := range coef {
			term = append(term[:0], make([]float64, k)...)
			machine.Sequence(term, i)
			floats.AddScaled(logs, -coef[i], term)
		}
		weights = append(weights, logs...)
	}
	top := floats.Max(weights)
	sum, sq := 0.0, 0.0
	for _, l := range weights {
		w := math.Exp(l - top)
		sum, sq = sum+w, sq+w*w
	}
	n := float64(len(weights))
	got, want := top+math.Log(sum/n), chainPaths(t, x)
	if se := math.Sqrt(sq/(sum*sum) - 1/n); math.Abs(got-want) > 4*se || se > 0.02 {
		t.Errorf("log p(x) = %.5f with standard error %.5f, want %.5f", got, se, want)
	}
}

// TestSumGradient compares the gradient of a bound that sums classes out with
// finite differences, closed terms and sampled.
func TestSumGradient(t *testing.T) {
	for _, guide := range []string{"G", "ST_R", "auto", "MF_LR"} {
		checkGradient(t, load(t, asChains(), guide).Model, false)
		checkGradient(t, load(t, asChains(), guide).Model, true)
	}
}

// TestSumDerived derives what z depends on when the classes are summed out: all
// of its past, through theirs.
func TestSumDerived(t *testing.T) {
	if got, want := lang.Text(load(t, asChains(), "auto").Guide), "sum(c[t]) * sum(d[t]) * q(z[t] | z[1:t-1], x[1:T])"; !strings.Contains(got, want) {
		t.Errorf("derived %s, want %s", got, want)
	}
}

// TestChainsDraw simulates two chains, of which the second is where the first
// was: d[t] is c[t], and c[t] is not c[t-1].
func TestChainsDraw(t *testing.T) {
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: `
model M {
  observed x[t]: real
  latent d[t]: one_of[2]
  latent c[t]: one_of[2]
  const far = [-100, 100]
  c[1] ~ Categorical(logits=[0, 0])
  c[t] ~ Categorical(logits=far[c[t-1]] * [1, -1])
  d[t] ~ Categorical(logits=far[c[t]] * [-1, 1])
  x[t] ~ Normal(mean=c[t] + 10 * d[t], var=1e-6)
}`})
	s, more := NewSimulator(f, Config{Library: library}, "")
	if found.HasErrors() || more.HasErrors() {
		t.Fatal(found, more)
	}
	got, err := s.Draw(Given{Steps: 6, Data: [][]float32{nil}}, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	d, c := got.Latents[0], got.Latents[1]
	for i := range c {
		if d[i] != c[i] || i > 0 && c[i] == c[i-1] || !scalar.EqualWithinAbs(float64(got.Data[0][i]), float64(11*(c[i]+1)), 0.01) {
			t.Fatal("c is", c, "d", d, "x", got.Data[0])
		}
	}
}
