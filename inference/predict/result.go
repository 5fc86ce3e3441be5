package predict

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"ssmc/inference/scoring"
)

// Model is who predicts with a model.
const Model = "model"

// A Prediction is the scores of one way to predict. Less is better of all.
type Prediction struct {
	By     string           `json:"by"`               // model, or a baseline's name
	Orders map[string][]int `json:"orders,omitempty"` // of autoregressions, by variable
	Steps  []Step           `json:"steps"`
}

// A Step is the scores of predictions so many steps ahead.
type Step struct {
	Ahead  int      `json:"ahead"`
	Frames int      `json:"frames"`    // that were predicted
	Log    Estimate `json:"log_score"` // negative log density of all of a frame, nats, mean over frames
	Vars   []Var    `json:"variables"`
}

// A Var is the scores of one variable: means over its numbers that are there.
type Var struct {
	Name     string     `json:"name"`
	Kind     string     `json:"kind"`
	Numbers  int        `json:"numbers"`
	Log      Estimate   `json:"log_score"`      // negative log density of a number by itself, nats
	CRPS     *Estimate  `json:"crps,omitempty"` // of real numbers and counts
	RMSE     *Estimate  `json:"rmse,omitempty"` // of the mean of the prediction
	Coverage []Interval `json:"coverage,omitempty"`
	Brier    *Estimate  `json:"brier,omitempty"` // of classes, and binary numbers

	tally *scoring.Tally
}

// An Interval is a central one of a prediction, and the share of numbers in it.
type Interval struct {
	Level float64      `json:"level"`
	Holds scoring.Real `json:"holds"`
}

// An Estimate is a number with its Monte-Carlo standard error, by how independent
// filters differ: 0 where it is exact, or a single one cannot tell.
type Estimate struct {
	Value scoring.Real `json:"value"`
	Error scoring.Real `json:"error"`
}

// estimate is that of view 0, whose filters are the other views.
func estimate(views int, of func(view int) float64) Estimate {
	var each []float64
	for v := 1; v < views; v++ {
		each = append(each, of(v))
	}
	e := Estimate{Value: scoring.Real(of(0))}
	if len(each) > 1 {
		e.Error = scoring.Real(stat.StdDev(each, nil) / math.Sqrt(float64(len(each))))
	}
	return e
}

// prediction sums up a sheet.
func (s *sheet) prediction(by string) *Prediction {
	out := &Prediction{By: by}
	for h, frames := range s.frames {
		step := Step{Ahead: h + 1, Frames: frames}
		step.Log = estimate(len(s.joint), func(v int) float64 { return s.joint[v][h] / float64(frames) })
		for x := range s.vars {
			step.Vars = append(step.Vars, s.sumUp(h, x))
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

// sumUp is the scores of variable x.
func (s *sheet) sumUp(h, x int) Var {
	v, all := &s.vars[x], &s.tallies[0][h][x]
	out := Var{Name: v.name, Kind: string(v.kind), Numbers: int(all.Numbers), tally: all}
	mean := func(of func(t *scoring.Tally) float64) Estimate {
		return estimate(len(s.tallies), func(n int) float64 { t := &s.tallies[n][h][x]; return of(t) / t.Numbers })
	}
	out.Log = mean(func(t *scoring.Tally) float64 { return t.Log })
	if v.classes > 0 {
		b := mean(func(t *scoring.Tally) float64 { return t.Brier })
		out.Brier = &b
		return out
	}
	crps := mean(func(t *scoring.Tally) float64 { return t.CRPS })
	rmse := estimate(len(s.tallies), func(n int) float64 { t := &s.tallies[n][h][x]; return math.Sqrt(t.Square / t.Numbers) })
	out.CRPS, out.RMSE = &crps, &rmse
	for i, c := range all.Coverage() {
		out.Coverage = append(out.Coverage, Interval{scoring.Levels[i], scoring.Real(c)})
	}
	return out
}
