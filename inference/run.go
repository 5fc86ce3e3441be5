package inference

import (
	"fmt"
	"time"

	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A Run is what a fit leaves: the parameters and how they came about.
type Run struct {
	ID      string
	Model   string
	Guide   string
	Text    string // the program, resolved
	Version string // of the program that ran
	Command string
	Machine string // what it began on, in words
	Threads int
	Place   Place        // where it is computed; of no device where that was not kept
	Resumed []Resumption // in their order

	Config  *Config
	Params  *runtime.Params[float32] // the best, or the last where nothing tells which is best
	Data    []DataInfo
	State   State
	Failure string   // of a failed run
	Advice  []string // what to try, where numbers failed
	Notes   []string

	Rollbacks []Rollback // in their order

	Updates int
	Epochs  int     // begun
	Seconds float64 // in the fit
	Started time.Time
	Best    Best
	Metrics []Metric
	Scores  []Score

	snapshot *snapshot // to go on from; nil where it was not kept
	savedIn  string    // the folder that it was last saved in by this process
}

// A State is how a run ended.
type State string

// The states of a run.
const (
	Running     State = "running"
	Complete    State = "complete"    // all epochs are done
	Stopped     State = "stopped"     // the validation bound ceased to improve
	Interrupted State = "interrupted" // the context was cancelled
	Failed      State = "failed"      // a number was not finite, or the machine broke
)

// Best is the validation with the least negative bound.
type Best struct {
	Epoch  int     `json:"epoch"` // epochs begun then
	Update int     `json:"update"`
	Bound  float64 `json:"bound"` // negative, nats a frame
	Found  bool    `json:"found"`
}

// A Resumption is where a run was taken up again.
type Resumption struct {
	Update  int    `json:"update"`  // the last that was done before
	Machine string `json:"machine"` // that it went on on
}

// DataInfo identifies a set of sequences.
type DataInfo struct {
	Part        string `json:"part"` // train, valid or test
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Sequences   int    `json:"sequences"`
	Frames      int    `json:"frames"`
}

// Restore lays the run's parameters out for a model, matched by name. What does
// not fit is an error.
func (r *Run) Restore(m *runtime.Model) (*runtime.Params[float32], error) {
	out := runtime.ZeroParams[float32](m.Params)
	for i, q := range m.Params {
		j := r.Params.Index(q.Name)
		if j < 0 {
			return nil, fmt.Errorf("the run has no parameter %s%s", q.Name, nearParam(q.Name, r.Params.List))
		}
		if has := r.Params.List[j]; fmt.Sprint(has.Dims) != fmt.Sprint(q.Dims) {
			return nil, fmt.Errorf("parameter %s is %v in the run and %v in the model", q.Name, has.Dims, q.Dims)
		}
		copy(out.Get(i), r.Params.Get(j))
	}
	if extra := len(r.Params.List) - len(m.Params); extra > 0 {
		return nil, fmt.Errorf("the run has %d parameters that the model lacks", extra)
	}
	return out, nil
}

func nearParam(name string, list []runtime.Param) string {
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	if near := diag.Suggest(name, names); near != "" {
		return "; it has " + near
	}
	return ""
}
