package inference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"ssmc/runtime"
)

// format is the version of the run folder's layout.
const format = 1

// A record is run.json.
type record struct {
	Format  int               `json:"format"`
	ID      string            `json:"id"`
	Model   string            `json:"model"`
	Guide   string            `json:"guide"`
	State   State             `json:"state"`
	Failure string            `json:"failure,omitempty"`
	Advice  []string          `json:"advice,omitempty"`
	Command string            `json:"command"`
	Version string            `json:"version"`
	Machine string            `json:"machine"`
	Threads int               `json:"threads"`
	Seed    uint64            `json:"seed"`
	Started time.Time         `json:"started"`
	Seconds float64           `json:"seconds"`
	Updates int               `json:"updates"`
	Epochs  int               `json:"epochs"`
	Best    Best              `json:"best"`
	Scores  []Score           `json:"scores"`
	Data    []DataInfo        `json:"data"`
	Notes   []string          `json:"notes"`
	Undone  []Rollback        `json:"rollbacks,omitempty"`
	Config  map[string]string `json:"config"`
	Params  []paramRecord     `json:"parameters"`
	Values  []Value           `json:"estimates"`
	Beliefs []ParamPosterior  `json:"posteriors,omitempty"`
	Slots   []string          `json:"snapshot_slots,omitempty"`
	Stale   int               `json:"stale_validations"`
}

type paramRecord struct {
	Name  string `json:"name"`
	Dims  []int  `json:"dims"`
	Fixed bool   `json:"fixed,omitempty"`
	Guide bool   `json:"guide,omitempty"`

	Kind runtime.TransformKind `json:"transform,omitempty"`
	Low  *float64              `json:"low,omitempty"` // bounds, if any
	High *float64              `json:"high,omitempty"`

	Belief *runtime.Belief `json:"posterior,omitempty"`
}

// Save writes a run to a folder, which it makes if need be. It refuses a folder
// that holds another run, or other files with a run's names, unless it is to
// overwrite them. Files are never half-written.
func Save(dir string, r *Run, overwrite bool) error {
	if err := save(dir, r, overwrite); err != nil {
		return fmt.Errorf("save run in %s: %w", dir, err)
	}
	return nil
}

func save(dir string, r *Run, overwrite bool) error {
	if !overwrite {
		if err := checkFree(dir, r.ID); err != nil {
			return err
		}
	}
	metrics, err := encodeMetrics(r.Metrics)
	if err != nil {
		return err
	}
	run, err := json.MarshalIndent(newRecord(r), "", "  ")
	if err != nil {
		return err
	}
	params := func(w io.Writer) error { return encodeParams(w, r.Params, r.ID) }
	files := []file{textFile(modelFile, []byte(r.Text)), {paramsFile, params}, textFile(metricsFile, metrics)}
	if list := r.Posteriors(); len(list) > 0 {
		draws, err := encodeDraws(list)
		if err != nil {
			return err
		}
		files = append(files, textFile(drawsFile, draws))
	}
	if r.snapshot != nil {
		snapshot := func(w io.Writer) error { return encodeSnapshot(w, r.snapshot, r.ID) }
		files = append(files, file{snapshotFile, snapshot})
	}
	return writeFiles(dir, append(files, textFile(runFile, append(run, '\n'))))
}

func newRecord(r *Run) *record {
	out := &record{
		Format: format, ID: r.ID, Model: r.Model, Guide: r.Guide, State: r.State, Failure: r.Failure,
		Advice: r.Advice, Undone: r.Rollbacks,
		Command: r.Command, Version: r.Version, Machine: r.Machine, Threads: r.Threads, Seed: r.Config.Seed,
		Started: r.Started, Seconds: r.Seconds, Updates: r.Updates, Epochs: r.Epochs, Best: r.Best,
		Scores: r.Scores, Data: r.Data, Notes: r.Notes, Config: map[string]string{},
	}
	for _, s := range r.Config.Settings() {
		out.Config[s.Key] = s.Value
	}
	for _, p := range r.Params.List {
		out.Params = append(out.Params, paramRecord{p.Name, p.Dims, p.Fixed, p.Guide, p.Transform.Kind, p.Transform.Low, p.Transform.High, p.Belief})
	}
	out.Values, out.Beliefs = r.Estimates(), r.Posteriors()
	if r.snapshot != nil {
		out.Stale = r.snapshot.stale
		for _, s := range r.snapshot.slots {
			out.Slots = append(out.Slots, s.Name)
		}
	}
	return out
}

func encodeMetrics(list []Metric) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	for _, m := range list {
		if err := e.Encode(m); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}
