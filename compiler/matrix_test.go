package compiler

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// matrixExpressions are expressions with their values, worked out by hand, where
// A is [[1, 2], [3, 4]], S is [[4, 2], [2, 5]], v is [2, 3], W is [[1, 2, 3], [4,
// 5, 6]] and B is those of A and of ten times A.
var matrixExpressions = map[string][]float64{
	"A @ v":                             {8, 18},
	"v @ A":                             {11, 16},
	"v @ v":                             {13},
	"v @ W":                             {14, 19, 24},
	"(A @ W)[2, 2:3]":                   {26, 33},
	"transpose(W) @ v":                  {14, 19, 24},
	"(A @ A)[1]":                        {7, 10},
	"(A + 2 * A)[2]":                    {9, 12},
	"exp(A * 0)[1] + v":                 {3, 4},
	"sum(A)":                            {10},
	"sum(A * A)":                        {30},
	"A[1, 2]":                           {2},
	"A[1:2, 1] + v":                     {3, 6},
	"A[2:2, 1:2] @ v":                   {18},
	"B[2] @ v":                          {80, 180},
	"B[2, 1]":                           {10, 20},
	"B[2, 1, 2]":                        {20},
	"B[1:2, 2, 1]":                      {3, 30},
	"B[c[t]] @ v":                       {80, 180},
	"B[c[t], 2]":                        {30, 40},
	"A[c[t]]":                           {3, 4},
	"v[c[t]]":                           {3},
	"diag(A)":                           {1, 4},
	"diag(v) @ v":                       {4, 9},
	"diag(v)[1]":                        {2, 0},
	"eye(2) @ v":                        {2, 3},
	"(2 * eye(2) + A)[1]":               {3, 2},
	"outer(v, v)[2]":                    {6, 9},
	"cholesky(S)[2]":                    {1, 2},
	"cholesky(S)[1]":                    {2, 0},
	"inverse(A) @ v":                    {-1, 1.5},
	"tril([0, 5, 0])[2] / softplus(0)":  {5 / math.Ln2, 1},
	"tril([0, 5, 0])[1] / softplus(0)":  {1, 0},
	"stack(v, v)[2]":                    {2, 3},
	"[[1, 2], [v[1], 4]][2]":            {2, 4},
	"[[1, 2, 3], [4, 5, 6]] @ W[1]":     {14, 32},
	"softmax(0 * A)[2]":                 {0.5, 0.5},
	"-A[2]":                             {-3, -4},
	"max(A, 2)[1]":                      {2, 2},
	"min(v, [5, 1])":                    {2, 1},
	"pow(v, 2)":                         {4, 9},
	"clip(A, 2, 3)[2]":                  {3, 3},
	"where(v > 2, v, [7, 8])":           {7, 3},
	"(A > 2)[2]":                        {1, 1},
	"transpose(A)[1]":                   {1, 3},
	"sum(inverse(S) * S)":               {(20*1 - 2*2*2 + 20*1) / 16.0},
	"sum(transpose(cholesky(S)) * A)":   {2 + 2 + 2*4},
	"softmax(concat(v, v[1:1]) * 0)[3]": {1 / 3.0},
}

// TestMatrixExpressions evaluates matrices that are static and the same ones as
// they vary in time, as the simulation does.
func TestMatrixExpressions(t *testing.T) {
	for expr, want := range matrixExpressions {
		for _, form := range []string{"NAME", "(k[t] * NAME)"} {
			text := expr
			for _, name := range []string{"A", "S", "W", "B", "v"} {
				text = replaceName(text, name, strings.Replace(form, "NAME", name, 1))
			}
			t.Run(text, func(t *testing.T) { checkExpression(t, text, want) })
		}
	}
}

// replaceName replaces a name that stands alone.
func replaceName(text, name, with string) string {
	var out strings.Builder
	letter := func(i int) bool {
		return i >= 0 && i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] >= 'A' && text[i] <= 'Z')
	}
	for i := range len(text) {
		if text[i:i+1] == name && !letter(i-1) && !letter(i+1) {
			out.WriteString(with)
		} else {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

func checkExpression(t *testing.T, expr string, want []float64) {
	size := ""
	if len(want) > 1 {
		size = fmt.Sprintf("[%d]", len(want))
	}
	p := load(t, fmt.Sprintf(`
model M {
  observed x[t]: real%s
  input k[t]: real
  input c[t]: one_of[2]
  latent z[t]: real
  param A: real[2, 2] init [[1, 2], [3, 4]]
  param S: real[2, 2] init [[4, 2], [2, 5]]
  param W: real[2, 3] init [[1, 2, 3], [4, 5, 6]]
  param B: real[2, 2, 2] init [1, 2, 3, 4, 10, 20, 30, 40]
  param v: real[2] init [2, 3]
  z[t] ~ Normal(mean=0, var=1)
  x[t] ~ Normal(mean=%s + 0 * (k[t] + c_[t]), var=1)
  let c_[t] = onehot(c[t], 2)[1] + A[1, 1] + S[1, 1] + W[1, 1] + B[1, 1, 1] + v[1]
}`, size, expr), "q(z[t])")
	values := map[string][]float64{"k": {1}, "c": {1}}
	x := ir.NewInterpreter(func(n *ir.Node, _ int) []float64 {
		if n.Source.Kind == op.Param {
			for _, q := range p.Model.Params {
				if q.Name == n.Source.Name {
					return q.Init.Values
				}
			}
		}
		return values[n.Source.Name]
	})
	x.Begin(1)
	got := x.At(p.unit.likes[0].given["mean"].node, 0)
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i, w := range want {
		if math.Abs(got[i]-w) > 1e-12*(1+math.Abs(w)) {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// matrixModels are programs with matrices of every kind, in the model and its
// guide.
var matrixModels = map[string]string{
	"switching": `
model M {
  observed x[t]: real[2] missing
  input    c[t]: one_of[3]
  input    u[t]: real[2]
  latent   z[t]: real[2]
  param A: real[3, 2, 2] init uniform(0.5)
  param L: real[3, 3]
  param W: real[2, 1]
  let Q[t] = diag(softplus(L[c[t]][1:2])) + outer(u[t], u[t])
  z[1] ~ MVNormal(mean=0, cov=2 * eye(2))
  z[t] ~ MVNormal(mean=A[c[t]] @ z[t-1], cov=Q[t])
  x[t] ~ MVNormal(mean=z[t], factor=W, var=0.3)
}
guide G = q(z[t] | z[t-1], x[t:T]) {
  let h[t] = gru(x[t:T], 3)
  z[t] ~ MVNormal(mean=linear(h[t], 2) + 0.1 * z[t-1], scale_tril=tril(linear(h[t], 3)))
}`,
	"filter": `
model M {
  observed x[t]: real[2]
  latent   z[t]: real[2]
  param A: real[2, 2] init 0.5 * eye(2)
  let P[0] = eye(2)
  let P[t] = A @ inverse(inverse(P[t-1]) + eye(2)) @ transpose(A) + 0.5 * eye(2)
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=A @ z[t-1], var=exp(0.1 * diag(P[t])))
  x[t] ~ MVNormal(mean=z[t], scale_tril=cholesky(P[t]))
}
guide G = q(z[t] | x[1:t]) {
  z[t] ~ MVNormal(mean=linear(gru(x[1:t], 3), 2), prec=eye(2) + outer(x[t], x[t]))
}`,
	"mixed kinds": `
model M {
  observed x[t]: real[2]
  static   s: real[2]
  latent   z[t]: real[2]
  z[1] ~ MVNormal(mean=s, cov=eye(2) + outer(s, s))
  z[t] ~ MVNormal(mean=tanh(z[t-1]), cov=eye(2) + outer(z[t-1], z[t-1]))
  x[t] ~ Normal(mean=z[t], var=1)
}
guide G = q(z[t] | z[t-1], x[t:T]) {
  z[t] ~ Normal(mean=linear(concat(z[t-1], gru(x[t:T], 3)), 2), sd=0.6)
}`,
}

// TestMatrixModels compares whole bounds with the plain twin and gradients with
// differences.
func TestMatrixModels(t *testing.T) {
	for name, text := range matrixModels {
		t.Run(name, func(t *testing.T) {
			text := "use std.nets\nuse std.cells\n" + text
			checkPlain(t, load(t, text, "G"))
			for _, sampled := range []bool{false, true} {
				checkGradient(t, load(t, text, "G").Model, sampled)
			}
		})
	}
}

// TestSwitchingMatrices sums out the classes that matrices and covariances are
// indexed by, and starts from another family: gradients meet differences.
func TestSwitchingMatrices(t *testing.T) {
	p := load(t, `
use std.nets
use std.cells
model SLDS {
  const K = 3
  const R = [[0.2, 0.1], [0.1, 0.3]]
  observed x[t]: real[2]
  latent   c[t]: one_of[K]
  latent   z[t]: real[2]
  param P: simplex[K] for k in 1:K
  param A: real[K, 2, 2]
  param Q: cov[2] for k in 1:K
  c[1] ~ Categorical(probs=1 / K)
  c[t] ~ Categorical(probs=P[c[t-1]])
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ MVNormal(mean=A[c[t]] @ z[t-1], cov=Q[c[t]])
  x[t] ~ MVNormal(mean=z[t], cov=R)
}
guide G = sum(c[t]) * q(z[t] | z[t-1], x[t:T]) with rnn=gru(3), family=mvnormal`, "G")
	checkGradient(t, p.Model, false)
}

// TestSimulateMVNormal draws vectors whose coordinates are correlated, and finds
// the correlation again within five standard errors of 20,000 draws.
func TestSimulateMVNormal(t *testing.T) {
	s := simulator(t, `
model M {
  observed x[t]: real[2]
  latent   z[t]: real[2]
  z[1] ~ MVNormal(mean=[1, 2], cov=[[2, -1], [-1, 3]])
  z[t] ~ MVNormal(mean=z[t-1], scale_tril=[[1, 0], [0.5, 0.5]])
  x[t] ~ MVNormal(mean=z[t], factor=[[1], [1]], var=0.5)
}`)
	list := sample(t, s, 20000, Given{Steps: 2})
	product := func(pick func(*Sample) (a, b float32)) []float64 {
		return column(list, func(s *Sample) float32 { a, b := pick(s); return a * b })
	}
	checkMean(t, "E z[1][1]", column(list, func(s *Sample) float32 { return s.Latents[0][0] }), 1)
	checkMean(t, "cov z[1]", product(func(s *Sample) (a, b float32) { return s.Latents[0][0] - 1, s.Latents[0][1] - 2 }), -1)
	checkMean(t, "cov z[2] - z[1]", product(func(s *Sample) (a, b float32) {
		return s.Latents[0][2] - s.Latents[0][0], s.Latents[0][3] - s.Latents[0][1]
	}), 0.5)
	checkMean(t, "cov x - z", product(func(s *Sample) (a, b float32) {
		return s.Data[0][0] - s.Latents[0][0], s.Data[0][1] - s.Latents[0][1]
	}), 1)
	bad := simulator(t, "model M {\nobserved x[t]: real[2]\nparam A: real[2, 2] init [[1, 2], [2, 1]]\nx[t] ~ MVNormal(mean=0, cov=A)\n}")
	_, err := bad.Draw(Given{Steps: 1}, rand.New(rand.NewPCG(1, 1)))
	if err == nil || !strings.Contains(err.Error(), "test.ssm:4:1: x[1] cannot be drawn from MVNormal(mean=[0, 0], cov=[1, 2, 2, 1])") {
		t.Error(err)
	}
}
