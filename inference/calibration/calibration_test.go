package calibration

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// conjugate is n trials of a mean with a normal prior and one datum: the posterior
// is known, and is given shifted and scaled, by some of its standard deviations.
func conjugate(n int, shift, scale float64) (list []Trial) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		const noise = 0.5
		truth := r.NormFloat64()
		y := truth + noise*r.NormFloat64()
		v := 1 / (1 + 1/(noise*noise))
		t := Trial{Truth: truth, Draws: make([]float64, 999)}
		for i := range t.Draws {
			t.Draws[i] = v*y/(noise*noise) + math.Sqrt(v)*(shift+scale*r.NormFloat64())
		}
		list = append(list, t)
	}
	return list
}

// TestAssess finds exact posteriors calibrated, and those that are shifted,
// narrow or wide not; on the scale of an exponential as well.
func TestAssess(t *testing.T) {
	for _, c := range []struct {
		shift, scale float64
		want         string
	}{
		{0, 1, "calibrated"}, {0, 0.7, "too narrow"}, {0, 0.5, "too narrow"}, {0, 1.5, "too wide"},
		{0.5, 1, "too high"}, {-0.5, 1, "too low"}, {-0.8, 0.6, "too low, posteriors are too narrow"},
	} {
		trials := conjugate(150, c.shift, c.scale)
		r := Assess("m", trials)
		if !strings.Contains(r.Verdict, c.want) || r.OK() != (c.want == "calibrated") {
			t.Errorf("shifted by %g, scaled by %g: %+v, want %s", c.shift, c.scale, r, c.want)
		}
		for _, x := range trials {
			for i := range x.Draws {
				x.Draws[i] = math.Exp(x.Draws[i])
			}
		}
		for i := range trials {
			trials[i].Truth = math.Exp(trials[i].Truth)
		}
		if again := Assess("m", trials); math.Abs(again.SDZ-r.SDZ) > 1e-12 {
			t.Errorf("z-scores have sd %g, and %g on another scale", r.SDZ, again.SDZ)
		}
	}
}

// TestNarrowed narrows posteriors until they are rejected.
func TestNarrowed(t *testing.T) {
	trials := conjugate(60, 0, 1)
	for _, times := range []float64{1, 0.7, 0.5} {
		var list []Trial
		for _, x := range trials {
			list = append(list, x.Narrowed(times))
		}
		if r := Assess("m", list); r.OK() != (times == 1) {
			t.Errorf("%g times as wide: %+v", times, r)
		}
	}
}

// TestChiSquare compares the p-values of many calibrated experiments with what
// they are to be, uniform: at most one in a hundred is below 0.01, five in a
// hundred below 0.05, within four standard errors.
func TestChiSquare(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	const experiments, n = 2000, 150
	below := map[float64]int{0.01: 0, 0.05: 0, 0.5: 0}
	for range experiments {
		trials := make([]Trial, n)
		for i := range trials {
			trials[i] = Trial{Truth: r.Float64(), Draws: make([]float64, 19)}
			for j := range trials[i].Draws {
				trials[i].Draws[j] = r.Float64()
			}
		}
		p := Assess("u", trials).P
		for level := range below {
			if p < level {
				below[level]++
			}
		}
	}
	for level, n := range below {
		if got, sd := float64(n)/experiments, math.Sqrt(level*(1-level)/experiments); math.Abs(got-level) > 4*sd+0.02*level {
			t.Errorf("p is below %g in %g of all experiments", level, got)
		}
	}
}

// TestBins gives bins that hold as many ranks each, and trials enough.
func TestBins(t *testing.T) {
	for _, c := range []struct{ n, draws, want int }{{1000, 999, 20}, {200, 999, 10}, {150, 999, 10}, {60, 999, 4}, {5, 999, 2}, {300, 99, 20}, {200, 7, 8}} {
		if got := Bins(c.n, c.draws); got != c.want {
			t.Errorf("%d trials of %d draws: %d bins, want %d", c.n, c.draws, got, c.want)
		}
	}
}

// TestPlot draws well-formed SVG with the names of all numbers.
func TestPlot(t *testing.T) {
	var list []Report
	for i := range 4 {
		list = append(list, Assess(fmt.Sprintf("M.a[%d]", i+1), conjugate(40, 0, 1)))
	}
	svg, err := Plot(list)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range list {
		if !bytes.Contains(svg, []byte(r.Name)) {
			t.Errorf("%s is not in the picture", r.Name)
		}
	}
}
