package dist

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// side3 is how many numbers the tests draw together.
const side3 = 3

// A jointBench evaluates a term of the graph, given parameters [1,size].
type jointBench struct {
	t       *testing.T
	params  *runtime.Params[float64]
	machine *cpu.Machine[float64]
	at      map[string]int
}

// newJoint makes the term that build writes: sizes are the numbers of its
// parameters, and x is data, of which some may be missing.
func newJoint(t *testing.T, sizes map[string]int, build func(b *ir.Builder, x, present *ir.Node, given map[string]*ir.Node) *ir.Node) *jointBench {
	m := &runtime.Model{Name: "joint", Ports: []runtime.Port{{Name: "x", Kind: runtime.Real, Cols: side3, Observed: true, Missing: true}}}
	at := map[string]int{}
	for name, n := range sizes {
		at[name] = len(m.Params)
		m.Params = append(m.Params, runtime.Param{Name: name, Dims: []int{n}, Init: runtime.Init{Kind: "constant"}})
	}
	m.Build = func(g *op.Graph, s runtime.Spec) ([]runtime.Term, error) {
		b, given := ir.NewBuilder(), map[string]*ir.Node{}
		for name, n := range sizes {
			given[name] = b.Input(op.Source{Kind: op.Param, Name: name}, op.Static(1, n))
		}
		x := b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(side3))
		present := b.Input(op.Source{Kind: op.Present, Name: "x"}, op.PerFrame(side3))
		v, err := ir.Lower(g, []*ir.Node{build(b, x, present, given)}, false)
		if err != nil {
			return nil, err
		}
		return []runtime.Term{{Name: "term", Kind: runtime.Likelihood, Value: v[0]}}, nil
	}
	params := runtime.NewParams[float64](m.Params, 1)
	machine, err := cpu.New(m, runtime.Spec{}, params, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	return &jointBench{t, params, machine, at}
}

func (j *jointBench) run(x, present []float32, given map[string][]float64) float64 {
	for name, v := range given {
		copy(j.params.Get(j.at[name]), v)
	}
	batch := &runtime.Batch{Lens: []int{1}, Index: []int{0}, Data: [][]float32{x}, Present: [][]float32{present}}
	if err := j.machine.Run(batch, runtime.Run{K: 1, Coef: []float64{1}, Grad: true}); err != nil {
		j.t.Fatal(err)
	}
	return j.machine.Cost()
}

// checkGradient compares with central differences, as TestGradient does.
func (j *jointBench) checkGradient(x, present []float32, given map[string][]float64) {
	j.t.Helper()
	j.run(x, present, given)
	grad := append([]float64{}, j.machine.Grad()...)
	for name, p := range given {
		for i, v := range p {
			h := 1e-5 * max(1, math.Abs(v))
			p[i] = v + h
			hi := j.run(x, present, given)
			p[i] = v - h
			want := (hi - j.run(x, present, given)) / (2 * h)
			p[i] = v
			if got := grad[j.params.Off[j.at[name]]+i]; !scalar.EqualWithinAbsOrRel(got, want, 1e-5, 1e-5) {
				j.t.Fatalf("d/d%s[%d] = %v, want %v", name, i, got, want)
			}
		}
	}
}

// A spreadForm is a way to give the covariance of three numbers, and what it is.
type spreadForm struct {
	given map[string][]float64
	cov   *mat.SymDense
}

// spreads draws a covariance in each of the forms in which it can be given.
func spreads(r *rand.Rand) map[string]spreadForm {
	const n = side3
	l, w := mat.NewDense(n, n, nil), mat.NewDense(n, 2, nil)
	d := make([]float64, n)
	for i := range n {
		d[i] = math.Exp(r.NormFloat64())
		for j := range i + 1 {
			l.Set(i, j, r.NormFloat64())
		}
		l.Set(i, i, 0.4+math.Abs(l.At(i, i)))
		w.Set(i, 0, r.NormFloat64())
		w.Set(i, 1, r.NormFloat64())
	}
	cov, low := mat.NewSymDense(n, nil), mat.NewSymDense(n, nil)
	cov.SymOuterK(1, l)
	low.SymOuterK(1, w)
	for i := range n {
		low.SetSym(i, i, low.At(i, i)+d[i])
	}
	var prec mat.Dense
	if err := prec.Inverse(cov); err != nil {
		panic(err)
	}
	return map[string]spreadForm{
		"cov":        {map[string][]float64{"cov": mat.DenseCopyOf(cov).RawMatrix().Data}, cov},
		"scale_tril": {map[string][]float64{"scale_tril": l.RawMatrix().Data}, cov},
		"prec":       {map[string][]float64{"prec": prec.RawMatrix().Data}, cov},
		"factor":     {map[string][]float64{"factor": w.RawMatrix().Data, "var": d}, low},
	}
}

// normalVector draws three numbers that float32 holds.
func normalVector(r *rand.Rand) (x []float64, narrow []float32) {
	for range side3 {
		v := float32(r.NormFloat64())
		x, narrow = append(x, float64(v)), append(narrow, v)
	}
	return x, narrow
}

func sizesOf(given map[string][]float64) map[string]int {
	out := map[string]int{}
	for name, v := range given {
		out[name] = len(v)
	}
	return out
}

// TestMVNormal compares the log density of whole vectors and of parts of them
// with gonum's, in every form of the covariance, and its gradient with
// differences.
func TestMVNormal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	blanks := [][]float32{{1, 1, 1}, {1, 0, 1}, {0, 0, 1}, {0, 0, 0}}
	for name := range spreads(r) {
		t.Run(name, func(t *testing.T) {
			var j *jointBench
			for k := range 20 {
				form := spreads(r)[name]
				mean, _ := normalVector(r)
				x, narrow := normalVector(r)
				form.given["mean"] = mean
				if j == nil {
					j = newJoint(t, sizesOf(form.given), func(b *ir.Builder, x, present *ir.Node, given map[string]*ir.Node) *ir.Node {
						return MVNormal.Density(b, x, given, present)
					})
				}
				present := blanks[k%len(blanks)]
				got, want := j.run(narrow, present, form.given), marginal(t, x, mean, form.cov, present)
				if !scalar.EqualWithinAbsOrRel(got, want, 1e-8, 1e-8) {
					t.Fatalf("present %v: %v, want %v", present, got, want)
				}
				j.checkGradient(narrow, present, form.given)
			}
		})
	}
}

// marginal is gonum's log density of the components that are there.
func marginal(t *testing.T, x, mean []float64, cov *mat.SymDense, present []float32) float64 {
	var seen []int
	var at []float64
	for i, p := range present {
		if p != 0 {
			seen, at = append(seen, i), append(at, x[i])
		}
	}
	if len(seen) == 0 {
		return 0
	}
	d, ok := distmv.NewNormal(mean, cov, nil)
	if !ok {
		t.Fatal("no oracle")
	}
	part, ok := d.MarginalNormal(seen, nil)
	if !ok {
		t.Fatal("no oracle")
	}
	return part.LogProb(at)
}

// TestMVNormalKL compares divergences between all Gaussians with gonum's.
func TestMVNormalKL(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8))
	draw := func() (m map[string]gaussian3) {
		m = map[string]gaussian3{}
		for name, form := range spreads(r) {
			m[name] = gaussian3{MVNormal, form}
		}
		v := mat.NewSymDense(side3, nil)
		d := make([]float64, side3)
		for i := range d {
			d[i] = math.Exp(r.NormFloat64())
			v.SetSym(i, i, d[i])
		}
		m["normal"] = gaussian3{Normal, spreadForm{map[string][]float64{"var": d}, v}}
		return m
	}
	for one := range draw() {
		for two := range draw() {
			q, p := draw()[one], draw()[two]
			t.Run(one+"/"+two, func(t *testing.T) { checkKL(t, r, q, p) })
		}
	}
}

// A gaussian3 is a Gaussian of three numbers with its covariance.
type gaussian3 struct {
	d    *Dist
	form spreadForm
}

func checkKL(t *testing.T, r *rand.Rand, q, p gaussian3) {
	given := map[string][]float64{}
	qMean, _ := normalVector(r)
	pMean, _ := normalVector(r)
	given["q mean"], given["p mean"] = qMean, pMean
	for name, v := range q.form.given {
		given["q "+name] = v
	}
	for name, v := range p.form.given {
		given["p "+name] = v
	}
	j := newJoint(t, sizesOf(given), func(b *ir.Builder, x, _ *ir.Node, all map[string]*ir.Node) *ir.Node {
		side := func(prefix string) map[string]*ir.Node {
			out := map[string]*ir.Node{}
			for name, n := range all {
				if name[:2] == prefix {
					out[name[2:]] = n
				}
			}
			return out
		}
		if !Closed(q.d, p.d) {
			t.Fatal("not closed")
		}
		kl := Divergence(b, Member{q.d, side("q ")}, Member{p.d, side("p ")}, side3)
		return b.Call("+", kl, b.Call("*", b.Number(0), b.Slice(x, 0, 1)))
	})
	dq, ok1 := distmv.NewNormal(qMean, q.form.cov, nil)
	dp, ok2 := distmv.NewNormal(pMean, p.form.cov, nil)
	if !ok1 || !ok2 {
		t.Fatal("no oracle")
	}
	want := distmv.KullbackLeibler{}.DistNormal(dq, dp)
	x, here := make([]float32, side3), []float32{1, 1, 1}
	if got := j.run(x, here, given); !scalar.EqualWithinAbsOrRel(got, want, 1e-7, 1e-7) {
		t.Errorf("KL = %v, want %v", got, want)
	}
	j.checkGradient(x, here, given)
}

// TestMVNormalSample compares a sample with mean + L eps by gonum's factor.
func TestMVNormalSample(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for name, form := range spreads(r) {
		mean, _ := normalVector(r)
		eps, narrow := normalVector(r)
		weights, _ := normalVector(r)
		form.given["mean"] = mean
		j := newJoint(t, sizesOf(form.given), func(b *ir.Builder, x, _ *ir.Node, given map[string]*ir.Node) *ir.Node {
			w := b.Apply(&op.Const{Rows: 1, Cols: side3, Data: weights})
			return b.Dot(w, MVNormal.Reparameterised(b, x, given))
		})
		var c mat.Cholesky
		c.Factorize(form.cov)
		var l mat.TriDense
		c.LTo(&l)
		var x mat.VecDense
		x.MulVec(&l, mat.NewVecDense(side3, eps))
		x.AddVec(&x, mat.NewVecDense(side3, mean))
		want := mat.Dot(&x, mat.NewVecDense(side3, weights))
		if got := j.run(narrow, []float32{1, 1, 1}, form.given); !scalar.EqualWithinAbsOrRel(got, want, 1e-9, 1e-9) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		j.checkGradient(narrow, []float32{1, 1, 1}, form.given)
	}
}

// TestMVNormalDraw compares means and covariances of 20,000 draws, within five
// standard errors: that of a covariance is the root of its products over n.
func TestMVNormalDraw(t *testing.T) {
	const n = 20000
	r := rand.New(rand.NewPCG(1, 10))
	cov := spreads(r)["cov"].cov
	mean, _ := normalVector(r)
	sum, second := make([]float64, side3), mat.NewDense(side3, side3, nil)
	x := make([]float64, side3)
	for range n {
		if !MVNormal.Joint.Draw(r, x, [][]float64{mean, mat.DenseCopyOf(cov).RawMatrix().Data}) {
			t.Fatal("not drawn")
		}
		for i := range x {
			sum[i] += x[i] / n
			for j := range x {
				second.Set(i, j, second.At(i, j)+(x[i]-mean[i])*(x[j]-mean[j])/n)
			}
		}
	}
	for i := range side3 {
		if math.Abs(sum[i]-mean[i]) > 5*math.Sqrt(cov.At(i, i)/n) {
			t.Errorf("mean %d is %v, want %v", i, sum[i], mean[i])
		}
		for j := range side3 {
			se := math.Sqrt((cov.At(i, i)*cov.At(j, j) + cov.At(i, j)*cov.At(i, j)) / n)
			if math.Abs(second.At(i, j)-cov.At(i, j)) > 5*se {
				t.Errorf("covariance %d, %d is %v, want %v", i, j, second.At(i, j), cov.At(i, j))
			}
		}
	}
	for _, bad := range [][]float64{{1, 2, 0, 2, 1, 0, 0, 0, 1}, {math.NaN(), 0, 0, 0, 1, 0, 0, 0, 1}} {
		if MVNormal.Joint.Draw(r, x, [][]float64{mean, bad}) {
			t.Errorf("drawn from covariance %v", bad)
		}
	}
}

// TestDirichlet compares log densities with gonum's and means of 20,000 draws
// with alpha over its sum; a Dirichlet's variances are below a quarter.
func TestDirichlet(t *testing.T) {
	const n = 20000
	r := rand.New(rand.NewPCG(1, 11))
	alpha := []float64{0.7, 2, 3.5}
	j := newJoint(t, map[string]int{"alpha": side3}, func(b *ir.Builder, x, _ *ir.Node, given map[string]*ir.Node) *ir.Node {
		return Dirichlet.Density(b, x, given, nil)
	})
	d := distmv.NewDirichlet(alpha, nil)
	x, mean := make([]float64, side3), make([]float64, side3)
	for i := range n {
		if !Dirichlet.Joint.Draw(r, x, [][]float64{alpha}) {
			t.Fatal("not drawn")
		}
		for k := range x {
			mean[k] += x[k] / n
		}
		if i >= 20 {
			continue
		}
		narrow, wide := make([]float32, side3), make([]float64, side3)
		for k, v := range x {
			narrow[k] = float32(v)
			wide[k] = float64(narrow[k])
		}
		given := map[string][]float64{"alpha": alpha}
		want := 0.0
		for k, a := range alpha { // gonum's refuses what float32 has rounded off one
			want += (a - 1) * math.Log(wide[k])
		}
		lg, _ := math.Lgamma(0.7 + 2 + 3.5)
		want += lg
		for _, a := range alpha {
			lg, _ := math.Lgamma(a)
			want -= lg
		}
		if math.Abs(want-d.LogProb(x)) > 1e-5*(1+math.Abs(want)) { // float32
			t.Errorf("the oracles differ: %v and %v", want, d.LogProb(x))
		}
		if got := j.run(narrow, []float32{1, 1, 1}, given); !scalar.EqualWithinAbsOrRel(got, want, 1e-9, 1e-9) {
			t.Errorf("log p = %v, want %v", got, want)
		}
		j.checkGradient(narrow, []float32{1, 1, 1}, given)
	}
	for k, a := range alpha {
		if want := a / 6.2; math.Abs(mean[k]-want) > 4*0.5/math.Sqrt(n) {
			t.Errorf("mean %d is %v, want %v", k, mean[k], want)
		}
	}
	if Dirichlet.Joint.Draw(r, x, [][]float64{{-1}}) {
		t.Error("drawn with alpha = -1")
	}
}
