package exact

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

// nile is the yearly flow of the Nile at Aswan, 1871 to 1970, in 10^8 m³ (Cobb
// 1978).
func nile(t *testing.T) []float64 {
	f, err := os.Open("../../models/data/nile.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var y []float64
	for _, r := range rows[1:] {
		v, err := strconv.ParseFloat(r[len(r)-1], 64)
		if err != nil {
			t.Fatal(err)
		}
		y = append(y, v)
	}
	if len(y) != 100 || y[0] != 1120 || y[99] != 740 {
		t.Fatalf("%d values from %v on are not those of the Nile", len(y), y[0])
	}
	return y
}

// TestNile compares the local level model with the joint density of all years:
// cov(y[s], y[t]) = start + min(s,t) level + (s = t) noise. The variances are
// the maximum likelihood estimates of Durbin and Koopman 2012, section 2.10. A
// start of 10^7 against 10^3 costs the joint four digits.
func TestNile(t *testing.T) {
	const noise, level, start = 15099, 1469.1, 1e7
	y := nile(t)
	g := &Gaussian{State: 1, Obs: 1, Y: y, A: []float64{1}, B: []float64{0}, C: []float64{1}, D: []float64{0}, R: []float64{noise}}
	cov := mat.NewSymDense(len(y), nil)
	for i := range y {
		g.Q = append(g.Q, level)
		for j := range i + 1 {
			cov.SetSym(i, j, start+float64(j)*level)
		}
		cov.SetSym(i, i, cov.At(i, i)+noise)
	}
	g.Q[0] = start
	joint, ok := distmv.NewNormal(make([]float64, len(y)), cov, nil)
	if !ok {
		t.Fatal("the joint covariance is singular")
	}
	sum := 0.0
	for _, v := range g.LogLik() {
		sum += v
	}
	near(t, "log likelihood", []float64{sum}, []float64{joint.LogProb(y)}, 1e-10)
	near(t, "smoothed level of 1871", g.Smooth().Mean[:1], []float64{levelGiven(cov, y, start)}, 1e-8)
}

// levelGiven is the mean of the first level given all years.
func levelGiven(cov *mat.SymDense, y []float64, start float64) float64 {
	var chol mat.Cholesky
	chol.Factorize(cov)
	var w mat.VecDense
	if err := chol.SolveVecTo(&w, mat.NewVecDense(len(y), y)); err != nil {
		return math.NaN()
	}
	return start * mat.Sum(&w) // cov(level, y[t]) = start for all t
}
