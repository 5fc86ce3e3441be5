package predict

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// TestOutlookDraws: draws from states of known weights have the CRPS of the true
// distribution on average, however few they are, and tell an error as large as they vary.
// Of 0, where a 1 has probability 0.75, it is 0.75 - 0.25 * 0.75. The means of 2000 seeds
// are known to 0.002.
func TestOutlookDraws(t *testing.T) {
	vars := walks(1, 1).Vars
	set := data.NewSet("one", vars, "", []data.Sequence{data.NewSequence(vars, "s", 1, [][]float32{{0}, {1}}, nil, nil)})
	var crps, told, away []float64
	for seed := range uint64(2000) {
		p := &Predictor{Set: set, Forecasters: []runtime.Forecaster{&stated{}}, Exact: twoStates{}, Plan: Plan{Ahead: 1, Filters: 3, Particles: 8, Seed: seed}}
		got, err := p.Scores(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		x := &got.Steps[0].Vars[0]
		crps, told, away = append(crps, float64(x.CRPS.Value)), append(told, float64(x.CRPS.Error)), append(away, float64(x.RMSE.Value))
	}
	mean, sd := stat.MeanStdDev(crps, nil)
	if want := 0.75 - 0.25*0.75; math.Abs(mean-want) > 0.006 {
		t.Errorf("the mean CRPS is %.4f, want %.4f", mean, want)
	}
	if got := stat.Mean(away, nil); math.Abs(got-0.75) > 0.006 {
		t.Errorf("the mean of the draws is %.4f from 0, want 0.75", got)
	}
	if say := stat.Mean(told, nil); !(math.Abs(say/sd-1) < 0.25) {
		t.Errorf("the CRPS varies by %.4f, and tells an error of %.4f", sd, say)
	}
}
