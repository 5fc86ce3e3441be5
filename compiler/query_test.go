package compiler

import (
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// asker compiles a program that must be right and gives its query q.
func asker(t testing.TB, text string) *Asker {
	t.Helper()
	f, found := lang.Parse(&diag.Source{Name: "test.ssm", Text: text})
	if found.HasErrors() {
		t.Fatal(found)
	}
	a, found := NewAsker(f, Config{Library: library}, "q")
	if a == nil {
		t.Fatal(found)
	}
	return a
}

// ask is the question of a sequence that has what the query wants.
func ask(t testing.TB, a *Asker, g Given) *Question {
	t.Helper()
	q, why := a.Question(g)
	if q == nil {
		t.Fatal("sequences like this one ", why)
	}
	return q
}

const treated = `
model M {
  observed x[t]: real
  input    u[t]: binary[2]  from columns("drug", "other")
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.8 * z[t-1] - 1.5 * u[t-1][1], var=0.3)
  x[t] ~ Normal(mean=z[t], var=0.2)
}
query q {
  let k = first(u[t].drug == 1)
  given x[1:k], u[1:k]
  do u[k:T].drug = 0
  report mean(x[k+1:T]) as level
  report mean(x[k+2] - x[k]) as change
  report prob(x[k+1:T] > 0) as above
  report mean(x[k+1:T] - x[k:T-1]) as step
  versus factual
}`

// course is a sequence of the model with the drug from step 3 on.
func course() Given {
	return Given{Steps: 6, Data: [][]float32{{0.1, 0.2, 0.3, 9, 9, 9}, {0, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1, 0}}}
}

// TestQueryEffect compares the effect of an intervention, which in a linear model
// is the same whatever the noise, with the closed form: what was drawn with one
// key shares its random numbers. The rest is rounding to float32.
func TestQueryEffect(t *testing.T) {
	a := asker(t, treated)
	q := ask(t, a, course())
	if q.Known != 3 || q.Given.Steps != 3 || len(q.Given.Data[0]) != 3 || len(q.Given.Data[1]) != 6 {
		t.Fatalf("given %+v", q.Given)
	}
	effect := func(j int) float64 { // of the drug from step k on, at step k+j
		return -1.5 * (1 - math.Pow(0.8, float64(j))) / (1 - 0.8)
	}
	for key := range uint64(20) {
		z := [][]float32{{1, 1, float32(key) - 5}}
		fact, err := a.Draw(q, z, key, false)
		if err != nil {
			t.Fatal(err)
		}
		done, err := a.Draw(q, z, key, true)
		if err != nil {
			t.Fatal(err)
		}
		for j := range 3 {
			if got := fact[0][j] - done[0][j]; math.Abs(got-effect(j+1)) > 1e-5 {
				t.Errorf("the effect at step k+%d is %g, want %g", j+1, got, effect(j+1))
			}
		}
		if got := fact[1][0] - done[1][0]; math.Abs(got-effect(2)) > 1e-5 {
			t.Errorf("the effect on the change is %g, want %g", got, effect(2))
		}
		for j := range 3 {
			if before := []float64{float64(float32(0.3)), fact[0][0], fact[0][1]}[j]; math.Abs(fact[3][j]-(fact[0][j]-before)) > 1e-12 {
				t.Errorf("step %d is %g", j, fact[3][j])
			}
		}
	}
}

// TestQueryForecast compares what is drawn behind the known steps with the
// distribution given the last latent.
func TestQueryForecast(t *testing.T) {
	a := asker(t, treated)
	q := ask(t, a, course())
	var x, above []float64
	for key := range uint64(20000) {
		out, err := a.Draw(q, [][]float32{{0, 0, 2}}, key, true)
		if err != nil {
			t.Fatal(err)
		}
		x, above = append(x, out[0][1]), append(above, out[2][1])
	}
	mean, variance := 0.64*2, 0.3*(1+0.64)+0.2
	checkMean(t, "x[k+2]", x, mean)
	checkMean(t, "its variance", products(x, x, mean, mean), variance)
	checkMean(t, "P(x[k+2] > 0)", above, 1-distuv.Normal{Mu: mean, Sigma: math.Sqrt(variance)}.CDF(0))
}

// TestQueryKeys shares no random numbers between variables, times and keys.
func TestQueryKeys(t *testing.T) {
	a := asker(t, strings.Replace(treated, "report mean(x[k+1:T]) as level", "report mean(z[k+1:T]) as level", 1))
	q := ask(t, a, course())
	var first, second, next []float64
	for key := range uint64(4000) {
		out, err := a.Draw(q, [][]float32{{0, 0, 0}}, key, true)
		if err != nil {
			t.Fatal(err)
		}
		first, second = append(first, out[0][0]), append(second, out[0][1]-0.8*out[0][0])
		if key > 0 {
			next = append(next, out[0][0])
		}
	}
	checkMean(t, "the noise", first, 0)
	checkMean(t, "its covariance with the next step's", products(first, second, 0, 0), 0)
	checkMean(t, "its covariance with the next key's", products(first[:len(next)], next, 0, 0), 0)
}

const hidden = `
model M {
  observed y[t]: one_of[3] missing
  observed x[t]: real missing
  latent   c[t]: one_of[2]
  c[1] ~ Categorical(probs=[0.5, 0.5])
  c[t] ~ Categorical(probs=where(onehot(c[t-1], 2)[1] > 0, [0.9, 0.1], [0.2, 0.8]))
  y[t] ~ Categorical(probs=where(onehot(c[t], 2)[1] > 0, [0.7, 0.2, 0.1], [0.1, 0.2, 0.7]))
  x[t] ~ Normal(mean=3 * onehot(c[t], 2)[2], var=1)
}
query q {
  let k = last(y[t] >= 2)
  given y[1:k]
  report prob(c[k] == 2) as state
  report prob(c[k+1] == 2) as next
  report mean(y[k+1]) as class
  report mean(x[k]) as seen
}`

// TestQueryClasses compares the classes that are drawn given what is known, by the
// forward algorithm, with Bayes' rule over all paths. Blanks count for nothing.
func TestQueryClasses(t *testing.T) {
	a := asker(t, hidden)
	g := Given{Steps: 5, Data: [][]float32{{0, 0, 2, 0, 0}, {0, 0, 0, 0, 0}},
		Present: [][]bool{{true, false, true, true, true}, {true, true, true, true, true}}}
	q := ask(t, a, g)
	if q.Known != 3 || q.Given.Present[1][0] {
		t.Fatalf("given %+v", q.Given)
	}
	like := [][]float64{{0.7, 0.1}, {1, 1}, {0.1, 0.7}}
	trans := [][]float64{{0.9, 0.1}, {0.2, 0.8}}
	p := []float64{0.5 * like[0][0], 0.5 * like[0][1]}
	for _, l := range like[1:] {
		p = []float64{(p[0]*trans[0][0] + p[1]*trans[1][0]) * l[0], (p[0]*trans[0][1] + p[1]*trans[1][1]) * l[1]}
	}
	two := p[1] / (p[0] + p[1])
	next := (1-two)*trans[0][1] + two*trans[1][1]
	var each [4][]float64
	for key := range uint64(20000) {
		out, err := a.Draw(q, [][]float32{nil}, key, true)
		if err != nil {
			t.Fatal(err)
		}
		for i := range each {
			each[i] = append(each[i], out[i][0])
		}
	}
	checkMean(t, "P(c[k] = 2)", each[0], two)
	checkMean(t, "P(c[k+1] = 2)", each[1], next)
	checkMean(t, "E y[k+1]", each[2], (1-next)*1.4+next*2.6)
	checkMean(t, "E x[k]", each[3], 3*two)
}

// TestQuerySets sets what is drawn: latents, classes, what is observed, and static
// variables, by numbers and by what was drawn before.
func TestQuerySets(t *testing.T) {
	a := asker(t, `
model M {
  observed x[t]: real
  observed y[t]: one_of[3]
  static   s: real
  input    u[t]: real
  latent   z[t]: real
  latent   c[t]: one_of[2]
  z[1] ~ Normal(mean=s, var=1)
  z[t] ~ Normal(mean=z[t-1] + u[t-1] + s, var=1e-12)
  c[t] ~ Categorical(probs=[0.5, 0.5])
  x[t] ~ Normal(mean=z[t] + 10 * onehot(c[t], 2)[2], var=1e-12)
  y[t] ~ Categorical(probs=[1, 0, 0])
}
query q {
  do z[2] = 5
  do c[1:T] = 2
  do u[2:T] = x[t] - x[1]
  do y[3] = 3
  do s = 1
  report mean(x[2:T]) as x
  report mean(y[1:T]) as y
  report mean(s * u[1:T]) as u
}`)
	q := ask(t, a, Given{Steps: 4, Data: [][]float32{nil, nil, {7}, {100, 100, 100, 100}}})
	out, err := a.Draw(q, nil, 3, true)
	if err != nil {
		t.Fatal(err)
	}
	x1 := out[0][0] - out[2][1] // of step 1, which is not reported
	u2 := 15 - x1
	z3 := 5 + u2 + 1
	u3 := z3 + 10 - x1
	want := [][]float64{{15, z3 + 10, z3 + u3 + 1 + 10}, {1, 1, 3, 1}, {100, u2, u3}}
	for i, w := range want {
		for j, v := range w {
			if math.Abs(out[i][j]-v) > 1e-4 {
				t.Errorf("%s[%d] is %g, want %g", a.Reports[i].Name, j, out[i][j], v)
			}
		}
	}
}

// TestQueryQuestion says what a sequence lacks.
func TestQueryQuestion(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{"let k = first(x[t] > 100)\n report mean(x[k:T])", "have no k"},
		{"report mean(x[4:9])", "have no steps for mean(x[4:9])"},
		{"let k = last(x[t] > 3)\n report mean(x[k+1:T])", "have no steps for mean(x[k+1:T])"},
		{"given x[1:9]\n report mean(x[1:T])", "end before what is given does"},
		{"let k = first(x[t] > 2)\n given x[1:4]\n do z[k] = 1\n report mean(x[1:T])", "have z set within what is given"},
		{"do z[6:T] = 1\n report mean(x[1:T])", "have no steps at which z is set"},
		{"report mean(x[T] - x[T-7])", "have no steps for mean(x[T] - x[T-7])"},
	} {
		a := asker(t, plainChain+"query q {\n"+c.query+"\n}\n")
		if _, why := a.Question(Given{Steps: 5, Data: [][]float32{{1, 2, 3, 4, 5}}}); why != c.want {
			t.Errorf("%q: sequences %q, want %q", c.query, why, c.want)
		}
	}
}

const plainChain = `
model M {
  observed x[t]: real
  latent   z[t]: real
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=z[t-1], var=1)
  x[t] ~ Normal(mean=z[t], var=1)
}
`

// BenchmarkQuery draws the rest of sequences from a small net.
func BenchmarkQuery(b *testing.B) {
	a := asker(b, `
use std.nets
model M {
  observed x[t]: real
  latent   z[t]: real[8]
  net trans = gated(8, hidden=32, out=8)
  net emit  = mlp(8, hidden=[32], out=1)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(trans(z[t-1]))
  x[t] ~ Normal(mean=emit(z[t]), var=1)
}
query q {
  report mean(x[1:T])
}
`)
	q, why := a.Question(Given{Steps: 20, Data: [][]float32{make([]float32, 20)}})
	if q == nil {
		b.Fatal(why)
	}
	for key := 0; b.Loop(); key++ {
		if _, err := a.Draw(q, nil, uint64(key), true); err != nil {
			b.Fatal(err)
		}
	}
}
