package inference

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"ssmc/runtime"
)

// Load reads the run that Save wrote to a folder.
func Load(dir string) (*Run, error) {
	r, err := load(dir)
	if err != nil {
		return nil, fmt.Errorf("load run %s: %w", dir, err)
	}
	return r, nil
}

func load(dir string) (*Run, error) {
	rec, err := readRunFile(dir)
	if err != nil {
		return nil, err
	}
	r := rec.run()
	if err := runtime.CheckParams(r.Params.List); err != nil {
		return nil, fmt.Errorf("%s: %w", runFile, err)
	}
	if err := applyAll(r.Config, rec.Config); err != nil {
		return nil, fmt.Errorf("%s: %w", runFile, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, modelFile))
	if err != nil {
		return nil, err
	}
	r.Text = string(text)
	if r.Metrics, err = readMetrics(dir); err != nil {
		return nil, err
	}
	return r, readTensors(dir, r, rec)
}

// readRunFile reads run.json.
func readRunFile(dir string) (*record, error) {
	b, err := os.ReadFile(filepath.Join(dir, runFile))
	if err != nil {
		return nil, err
	}
	rec := &record{}
	if err := json.Unmarshal(b, rec); err != nil {
		return nil, fmt.Errorf("%s: %w", runFile, err)
	}
	if rec.Format != format {
		return nil, fmt.Errorf("%s has format %d, this program reads %d", runFile, rec.Format, format)
	}
	return rec, nil
}

func (rec *record) run() *Run {
	r := &Run{
		ID: rec.ID, Model: rec.Model, Guide: rec.Guide, State: rec.State, Failure: rec.Failure,
		Advice: rec.Advice, Rollbacks: rec.Undone,
		Command: rec.Command, Version: rec.Version, Machine: rec.Machine, Threads: rec.Threads,
		Started: rec.Started, Seconds: rec.Seconds, Updates: rec.Updates, Epochs: rec.Epochs, Best: rec.Best,
		Scores: rec.Scores, Data: rec.Data, Notes: rec.Notes, Config: DefaultConfig(),
		Params: &runtime.Params[float32]{},
	}
	for _, p := range rec.Params {
		r.Params.List = append(r.Params.List, runtime.Param{Name: p.Name, Dims: p.Dims, Fixed: p.Fixed, Guide: p.Guide, Transform: p.transform(), Belief: p.Belief})
	}
	return r
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
	b, err := os.ReadFile(filepath.Join(dir, metricsFile))
	if err != nil {
		return nil, err
	}
	var out []Metric
	for d := json.NewDecoder(bytes.NewReader(b)); d.More(); {
		var m Metric
		if err := d.Decode(&m); err != nil {
			return nil, fmt.Errorf("%s: %w", metricsFile, err)
		}
		out = append(out, m)
	}
	return out, nil
}

// readTensors reads the parameters and the snapshot, if there is one.
func readTensors(dir string, r *Run, rec *record) error {
	b, err := os.ReadFile(filepath.Join(dir, paramsFile))
	if err != nil {
		return err
	}
	if r.Params, err = decodeParams(b, r.Params.List, r.ID); err != nil {
		return fmt.Errorf("%s: %w", paramsFile, err)
	}
	if rec.Slots == nil {
		return nil
	}
	if b, err = os.ReadFile(filepath.Join(dir, snapshotFile)); err != nil {
		return err
	}
	r.snapshot, err = decodeSnapshot(b, len(r.Params.Values), rec.Slots, r.ID)
	if err != nil {
		return fmt.Errorf("%s: %w", snapshotFile, err)
	}
	r.snapshot.stale = rec.Stale
	return nil
}
