package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A record is what is known of a run that was scored: enough for its rows in the
// tables. It is kept in --out, beside the folder of the run.
type record struct {
	run           // whose scores are left out
	Asked  int    `json:"epochs_asked"`
	CPU    string `json:"cpu"`    // of the machine that scored
	Commit string `json:"commit"` // of the repository then
	NLL    score  `json:"nll"`
	Bound  score  `json:"bound_test"`
}

// A score is one that ssmc eval --json tells, in nats a frame.
type score struct {
	Name             string  `json:"name"`
	Fingerprint      string  `json:"fingerprint"` // of the test data
	Value            float64 `json:"value"`
	Error            float64 `json:"error"` // Monte-Carlo standard error
	PerSequence      float64 `json:"per_sequence"`
	PerSequenceError float64 `json:"per_sequence_error"`
	Samples          int     `json:"samples"`
	Sequences        int     `json:"sequences"`
	Frames           int     `json:"frames"`
	Few              int     `json:"few_effective_samples,omitempty"`
}

// recordFile is where the record of a cell's run is.
func (f *flags) recordFile(c *cell) string { return filepath.Join(f.out, c.run+".json") }

// readRecord is the record of a cell's run, nil if there is none.
func (f *flags) readRecord(c *cell) (*record, error) {
	text, err := os.ReadFile(f.recordFile(c))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := new(record)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read the record in %s: %w", f.recordFile(c), err)
	}
	return r, c.suits(&r.run)
}

// writeRecord replaces the record of a cell's run.
func (f *flags) writeRecord(c *cell, r *record) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(f.recordFile(c), append(text, '\n'), 0o666)
}

// scoredAs reports whether a record has the scores of what a run is now.
func (r *record) scoredAs(now *run, samples int) bool {
	return r != nil && r.ID == now.ID && r.Best == now.Best && r.Updates == now.Updates && r.NLL.Samples == samples
}

// read takes the scores that ssmc eval has told.
func (r *record) read(out []byte) error {
	var told struct {
		Changed string  `json:"changed"`
		Scores  []score `json:"scores"`
	}
	if err := json.Unmarshal(out, &told); err != nil {
		return fmt.Errorf("read the scores: %w", err)
	}
	if told.Changed != "" {
		return errors.New(told.Changed)
	}
	return r.take(told.Scores)
}

// take fills in the scores of tables.
func (r *record) take(list []score) error {
	for _, s := range list {
		switch s.Name {
		case "nll":
			r.NLL = s
		case "bound":
			r.Bound = s
		}
	}
	if r.NLL.Frames == 0 || r.Bound.Frames == 0 {
		return errors.New("ssmc eval tells no likelihood, or no bound")
	}
	return nil
}

// cpuName is what the system calls the processor, empty if it does not say.
func cpuName() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// commit is that of the repository around, with -dirty if files differ from it;
// empty where there is none.
func commit() string {
	out, _ := exec.Command("git", "describe", "--always", "--dirty", "--exclude", "*", "--abbrev=12").Output()
	return strings.TrimSpace(string(out))
}
