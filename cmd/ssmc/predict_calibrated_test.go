package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ssmc/inference/predict"
)

// TestPredictCalibrated predicts data that were drawn from the model itself: intervals
// hold what they say, to four standard errors of a share, and places are even.
func TestPredictCalibrated(t *testing.T) {
	set, _ := walk("x", 200, rand.New(rand.NewPCG(4, 4)))
	x := predictingOf(t, shipped(t, "linear1d"), "ST_R", set, 2)
	for filter, particles := range map[string]int{"exact": 1, "bootstrap": 20} {
		got := x.scored(t, filter, predict.Plan{Ahead: 1, Filters: 5, Particles: particles, Seed: 1})
		v := &got.Steps[0].Vars[0]
		for _, c := range v.Coverage {
			if se := math.Sqrt(c.Level * (1 - c.Level) / float64(v.Numbers)); math.Abs(float64(c.Holds)-c.Level) > 4*se {
				t.Errorf("%s: %g intervals hold %.4f ± %.4f", filter, c.Level, float64(c.Holds), se)
			}
		}
		csv, err := predict.Calibration([]*predict.Prediction{got})
		if err != nil {
			t.Fatal(err)
		}
		bins := 0
		for _, line := range strings.Split(string(csv), "\n") {
			cells := strings.Split(line, ",")
			if len(cells) < 9 || cells[3] != "pit" {
				continue
			}
			bins++
			var want, got float64
			fmt.Sscan(cells[7], &want)
			fmt.Sscan(cells[8], &got)
			if math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/float64(v.Numbers)) {
				t.Errorf("%s: %s", filter, line)
			}
		}
		if bins != 20 {
			t.Errorf("%d bins of places:\n%s", bins, csv)
		}
	}
}
