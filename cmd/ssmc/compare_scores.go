package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"ssmc/inference"
	"ssmc/inference/predict"
)

// A scored is what has scores: a run, as its fit scored it, or what eval printed.
type scored struct {
	Path   string      `json:"path"`
	Model  string      `json:"model"`
	Guide  string      `json:"guide"`
	Source string      `json:"source"` // where the data of whole sequences were found
	Scores []namedReal `json:"scores"`
}

// A namedReal is a score by a name that tells it from others.
type namedReal struct {
	Name        string           `json:"name"`
	Data        string           `json:"data"`
	Fingerprint string           `json:"fingerprint"`
	Source      string           `json:"source"` // where the data were found
	Value       predict.Estimate `json:"value"`
}

// isScored reports whether a path is that of a run, or of scores.
func isScored(path string) bool {
	return exists(filepath.Join(path, "run.json")) || filepath.Ext(path) == ".json" && exists(path)
}

// compareScores sets the scores of runs side by side, if they are of the same data.
func (c *compareCmd) compareScores(g *globals) error {
	if err := c.checkScores(); err != nil {
		return err
	}
	var list []*scored
	for _, path := range append([]string{c.Model, c.Data}, c.More...) {
		s, err := readScored(path)
		if err != nil {
			return err
		}
		list = append(list, s)
	}
	names, err := common(list)
	if err != nil {
		return err
	}
	if g.JSON {
		return json.NewEncoder(g.out).Encode(struct {
			Event string    `json:"event"`
			Of    []*scored `json:"of"`
		}{"compared", list})
	}
	printScored(g.out, list, names)
	return nil
}

// checkScores reports what a comparison of scores does not take.
func (c *compareCmd) checkScores() error {
	switch {
	case c.Data == "":
		return fmt.Errorf("there is nothing to compare %s with: write ssmc compare RUN RUN, or one with a model to fit", c.Model)
	case c.Guides != "" || c.Seeds != 1 || c.Seed != nil || len(c.Set) > 0 || c.Simulate || c.Sequences != nil || c.Length != nil || c.Threads != nil || c.Out != "" || c.Force:
		return errors.New("flags are for fits of a model, and here runs are compared that are fitted already")
	}
	return nil
}

// readScored reads the scores of a run, or those that eval printed as JSON.
func readScored(path string) (*scored, error) {
	if !isScored(path) {
		return nil, fmt.Errorf("%s is neither the folder of a run nor a file of scores, as ssmc eval RUN --json prints them", path)
	}
	if filepath.Ext(path) != ".json" {
		return scoredRun(path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the scores: %w", err)
	}
	var e evaluation
	if err := json.Unmarshal(bytes.TrimSpace(text), &e); err != nil || len(e.Scores) == 0 {
		return nil, fmt.Errorf("%s holds no scores, as ssmc eval RUN --json prints them", path)
	}
	out := &scored{Path: path, Model: e.Model, Guide: e.Guide, Source: e.Source}
	out.add(e.Scores)
	out.predictions(e.Predictions)
	return out, nil
}

// scoredRun is the scores that a fit ended with, and those of predictions since.
func scoredRun(dir string) (*scored, error) {
	run, err := inference.Load(dir)
	if err != nil {
		return nil, err
	}
	if len(run.Scores) == 0 {
		return nil, fmt.Errorf("the run in %s has no scores: it is %s", dir, run.State)
	}
	out := &scored{Path: dir, Model: run.Model, Guide: run.Guide, Source: sourceOf(run)}
	out.add(run.Scores)
	for _, filter := range []string{"guide", "bootstrap", "guided", "exact"} {
		r, err := inference.LoadPredictions(dir, run, filter)
		if err != nil {
			return nil, err
		}
		out.predictions(r)
	}
	return out, nil
}

// add takes scores of whole sequences.
func (s *scored) add(list []inference.Score) {
	for _, x := range list {
		keep := func(name string, value, spread float64) {
			e := predict.Estimate{Value: inference.Real(value), Error: inference.Real(spread)}
			s.Scores = append(s.Scores, namedReal{name, x.Data, x.Fingerprint, s.Source, e})
		}
		keep(strings.TrimSuffix(rowNames[x.Name], " {c}"), x.Value, x.Error)
		if x.Name == "bound" {
			keep("negative bound by sequence {c}", x.PerSequence, x.PerSequenceError)
		}
	}
}

// predictions takes the scores of predictions by the model, if there are any.
func (s *scored) predictions(r *predict.Report) {
	if r == nil {
		return
	}
	for _, step := range r.By[0].Steps {
		add := func(what string, e *predict.Estimate) {
			if e != nil {
				s.Scores = append(s.Scores, namedReal{fmt.Sprintf("%s, %d ahead, %s", what, step.Ahead, r.Filter), r.Data, r.Fingerprint, r.Source, *e})
			}
		}
		add("log score", &step.Log)
		for i := range step.Vars {
			v := &step.Vars[i]
			add("CRPS of "+v.Name, v.CRPS)
			add("RMSE of "+v.Name, v.RMSE)
			add("Brier of "+v.Name, v.Brier)
		}
	}
}

// find is the score of a name, or nil.
func (s *scored) find(name string) *namedReal {
	for i := range s.Scores {
		if s.Scores[i].Name == name {
			return &s.Scores[i]
		}
	}
	return nil
}

// common is the names of scores that all have. Those of different data are an error.
func common(list []*scored) (names []string, err error) {
	for _, x := range list[0].Scores {
		all := true
		for _, s := range list[1:] {
			y := s.find(x.Name)
			if y != nil && y.Fingerprint != x.Fingerprint {
				return nil, otherData(list[0], s, &x, y)
			}
			all = all && y != nil
		}
		if all {
			names = append(names, x.Name)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("they have no score in common")
	}
	return names, nil
}

// otherData is the error of scores that are of different data.
func otherData(a, b *scored, x, y *namedReal) error {
	line := func(s *scored, r *namedReal) string {
		return fmt.Sprintf("\n  %s: %s of %s, fingerprint %s, found in %s", s.Path, r.Name, r.Data, r.Fingerprint, r.Source)
	}
	hint := ""
	if x.Source == y.Source && x.Data == y.Data {
		hint = "\nthe data were changed, or the models read other variables of them, or in another order, which is what a fingerprint is of"
	}
	return fmt.Errorf("scores of different data cannot be compared:%s%s%s\nscore both on one: ssmc eval RUN DATA --split test --json > FILE for each, and ssmc compare FILE FILE",
		line(a, x), line(b, y), hint)
}
