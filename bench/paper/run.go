package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A run is what ssmc says in run.json of a fit.
type run struct {
	ID      string            `json:"id"`
	Model   string            `json:"model"`
	Guide   string            `json:"guide"`
	State   string            `json:"state"`
	Command string            `json:"command"`
	Version string            `json:"version"` // of the ssmc that fitted
	Machine string            `json:"machine"`
	Threads int               `json:"threads"`
	Seed    uint64            `json:"seed"`
	Seconds float64           `json:"seconds"` // in the fit, with validations
	Updates int               `json:"updates"`
	Epochs  int               `json:"epochs"` // begun
	Best    best              `json:"best"`
	Config  map[string]string `json:"config"`
	Scores  []score           `json:"scores"` // by the fit itself, where it was to score
}

// best is the validation with the least bound.
type best struct {
	Epoch  int     `json:"epoch"`
	Update int     `json:"update"`
	Bound  float64 `json:"bound"` // negative, nats a frame
	Found  bool    `json:"found"`
}

// openRun reads what a folder says of its run; fs.ErrNotExist if it holds none.
func openRun(dir string) (*run, error) {
	text, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		return nil, err
	}
	r := new(run)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read the run in %s: %w", dir, err)
	}
	return r, nil
}

// asked is how many epochs the run was to have.
func (r *run) asked() int {
	n, _ := strconv.Atoi(r.Config["epochs"]) // ssmc has checked it
	return n
}

// done reports whether a run has nothing left to do within so many epochs.
func (r *run) done(epochs int) bool {
	return r.State == "stopped" || r.State == "complete" && r.Epochs >= epochs
}

// suits refuses a run that is not the cell's, as one that was put there may be.
func (c *cell) suits(r *run) error {
	want := maps.Clone(settings)
	for _, s := range c.set {
		key, value, _ := strings.Cut(s, "=")
		want[key] = value
	}
	var wrong []string
	differ := func(what, has, wants string) {
		if has != wants {
			wrong = append(wrong, fmt.Sprintf("%s is %s, not %s", what, has, wants))
		}
	}
	differ("the model", r.Model, c.model)
	differ("the guide", r.Guide, c.guide)
	differ("the seed", fmt.Sprint(r.Seed), fmt.Sprint(c.seed))
	for _, key := range slices.Sorted(maps.Keys(want)) {
		differ(key, r.Config[key], want[key])
	}
	if wrong != nil {
		return fmt.Errorf("the run in the folder %s is not that of %s: %s; move it away", c.run, c.path(), strings.Join(wrong, ", "))
	}
	return nil
}
