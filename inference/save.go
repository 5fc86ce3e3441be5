package inference

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	Place   Place             `json:"place"`
	Seed    uint64            `json:"seed"`
	Resumed []Resumption      `json:"resumed,omitempty"`
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

// A SaveError is that of a run that could not be written: the disk is full, the
// folder can't be written to. What was saved before is whole.
type SaveError struct {
	Doing string // what was being done, and where
	Err   error
}

// Error says what was being done, and why it failed.
func (e *SaveError) Error() string { return e.Doing + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *SaveError) Unwrap() error { return e.Err }

// Save writes a run to a folder, which it makes if need be. It refuses a folder
// that holds another run, or other files with a run's names, unless it is to
// overwrite them. It is done as a whole or not at all, whatever happens. The
// checkpoint that was the last becomes the one before it. An error is a
// *SaveError.
func Save(dir string, r *Run, overwrite bool) error {
	if err := save(dir, r, overwrite); err != nil {
		return &SaveError{"save run in " + dir, err}
	}
	r.savedIn = dir
	return nil
}

func save(dir string, r *Run, overwrite bool) error {
	if !overwrite {
		if err := checkFree(dir, r.ID); err != nil {
			return err
		}
	}
	files, err := filesOf(dir, r)
	if err != nil {
		return err
	}
	return replaceFiles(dir, files, missingFrom(files))
}

// filesOf is the files of a run that is to be saved in dir.
func filesOf(dir string, r *Run) ([]file, error) {
	metrics, err := encodeMetrics(r.Metrics)
	if err != nil {
		return nil, err
	}
	run, err := json.MarshalIndent(newRecord(r), "", "  ")
	if err != nil {
		return nil, err
	}
	run = append(run, '\n')
	params := func(w io.Writer) error { return encodeParams(w, r.Params, r.ID) }
	files := []file{textFile(modelFile, []byte(r.Text)), {name: paramsFile, write: params}, textFile(metricsFile, metrics)}
	if list := r.Posteriors(); len(list) > 0 {
		draws, err := encodeDraws(list)
		if err != nil {
			return nil, err
		}
		files = append(files, textFile(drawsFile, draws))
	}
	if r.snapshot != nil {
		last := file{name: snapshotFile, write: func(w io.Writer) error { return encodeCheckpoint(w, r, run, metrics) }}
		files = append(files, before(dir, r, last), last)
	}
	return append(files, textFile(runFile, run)), nil
}

// before is the checkpoint before the last: that which was the last until now if
// it is sound and of the same run, or else another copy of the last. One that this
// process has written is not read again, for it may be large.
func before(dir string, r *Run, last file) file {
	_, err := os.Lstat(filepath.Join(dir, snapshotFile))
	known := err == nil && r.savedIn == dir
	if !known {
		b, err := readFile(dir, snapshotFile)
		known = err == nil && isSound(b, r.ID)
	}
	if known {
		return file{name: previousFile, copy: snapshotFile}
	}
	return file{name: previousFile, write: last.write}
}

// missingFrom is the files of a run that are not among those written.
func missingFrom(files []file) (gone []string) {
	for _, name := range runFiles {
		if !slices.ContainsFunc(files, func(f file) bool { return f.name == name }) {
			gone = append(gone, name)
		}
	}
	return gone
}

func newRecord(r *Run) *record {
	out := &record{
		Format: format, ID: r.ID, Model: r.Model, Guide: r.Guide, State: r.State, Failure: r.Failure,
		Advice: r.Advice, Undone: r.Rollbacks,
		Command: r.Command, Version: r.Version, Machine: r.Machine, Threads: r.Threads, Place: r.Place, Seed: r.Config.Seed, Resumed: r.Resumed,
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
