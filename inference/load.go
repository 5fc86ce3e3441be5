package inference

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"ssmc/runtime"
)

// Load reads the run that Save wrote to a folder, but not its checkpoint.
func Load(dir string) (*Run, error) {
	r, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("load run %s: %w", dir, err)
	}
	return r, nil
}

// load reads a run whose record is the same before and after: a fit may be saving
// it just now.
func load(dir string) (*Run, error) {
	for range 3 {
		rec, err := readRunFile(dir)
		if err != nil {
			return nil, err
		}
		r, err := loadAs(dir, rec)
		again, changed := readRunFile(dir)
		if changed == nil && again.sameSave(rec) {
			return r, err
		}
	}
	return nil, errors.New("it is being saved all the time: try again")
}

// sameSave reports whether two records are of one save.
func (rec *record) sameSave(as *record) bool {
	return rec.ID == as.ID && rec.Updates == as.Updates && rec.State == as.State && rec.Seconds == as.Seconds
}

// loadAs reads the run of a record.
func loadAs(dir string, rec *record) (*Run, error) {
	r := rec.run()
	if err := applyAll(r.Config, rec.Config); err != nil {
		return nil, fmt.Errorf("%s: %w", runFile, err)
	}
	text, err := readFile(dir, modelFile)
	if err != nil {
		return nil, err
	}
	r.Text = string(text)
	if r.Metrics, err = readMetrics(dir); err != nil {
		return nil, err
	}
	return r, readParams(dir, r)
}

// readRunFile reads run.json.
func readRunFile(dir string) (*record, error) {
	b, err := readFile(dir, runFile)
	if err != nil {
		return nil, err
	}
	rec, err := decodeRecord(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", runFile, err)
	}
	return rec, nil
}

func decodeRecord(b []byte) (*record, error) {
	rec := &record{}
	if err := json.Unmarshal(b, rec); err != nil {
		return nil, err
	}
	if rec.Format != format {
		return nil, fmt.Errorf("it has format %d, this program reads %d", rec.Format, format)
	}
	return rec, runtime.CheckParams(rec.params())
}

func (rec *record) run() *Run {
	r := &Run{
		ID: rec.ID, Model: rec.Model, Guide: rec.Guide, State: rec.State, Failure: rec.Failure,
		Advice: rec.Advice, Rollbacks: rec.Undone,
		Command: rec.Command, Version: rec.Version, Machine: rec.Machine, Threads: rec.Threads, Place: rec.Place, Resumed: rec.Resumed,
		Started: rec.Started, Seconds: rec.Seconds, Updates: rec.Updates, Epochs: rec.Epochs, Best: rec.Best,
		Scores: rec.Scores, Data: rec.Data, Notes: rec.Notes, Config: DefaultConfig(),
		Params: &runtime.Params[float32]{List: rec.params()},
	}
	return r
}

// params is the parameters of a record, without their values.
func (rec *record) params() (list []runtime.Param) {
	for _, p := range rec.Params {
		list = append(list, runtime.Param{Name: p.Name, Dims: p.Dims, Fixed: p.Fixed, Guide: p.Guide, Transform: p.transform(), Belief: p.Belief})
	}
	return list
}

// transform is that of a parameter; records once told bounds without their kind.
func (p paramRecord) transform() runtime.Transform {
	t := runtime.Transform{Kind: p.Kind, Low: p.Low, High: p.High}
	if t.Kind == runtime.Plain && (p.Low != nil || p.High != nil) {
		t.Kind = runtime.Bounds
	}
	return t
}

// applyAll sets c as a record says. Shorter keys come first, so that a penalty's
// kind comes before its parts and number 2 before number 10.
func applyAll(c *Config, settings map[string]string) error {
	var list []Setting
	for key, value := range settings {
		list = append(list, Setting{key, value})
	}
	slices.SortFunc(list, func(a, b Setting) int {
		return cmp.Or(cmp.Compare(len(a.Key), len(b.Key)), cmp.Compare(a.Key, b.Key))
	})
	for _, err := range c.Apply(list) {
		return err
	}
	clear(c.given)
	return nil
}

func readMetrics(dir string) ([]Metric, error) {
	b, err := readFile(dir, metricsFile)
	if err != nil {
		return nil, err
	}
	out, err := decodeMetrics(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", metricsFile, err)
	}
	return out, nil
}

func decodeMetrics(b []byte) (out []Metric, err error) {
	for d := json.NewDecoder(bytes.NewReader(b)); d.More(); {
		var m Metric
		if err := d.Decode(&m); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// readParams reads the parameters.
func readParams(dir string, r *Run) error {
	b, err := readFile(dir, paramsFile)
	if err != nil {
		return err
	}
	if r.Params, err = decodeParams(b, r.Params.List, r.ID); err != nil {
		return fmt.Errorf("%s: %w", paramsFile, err)
	}
	return nil
}
