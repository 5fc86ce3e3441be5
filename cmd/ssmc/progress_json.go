package main

import (
	"encoding/json"
	"io"
	"time"

	"ssmc/inference"
	"ssmc/lang"
)

// jsonLines shows a fit to programs: an object a line, each with its event.
type jsonLines struct {
	enc  *json.Encoder
	err  error // the first of all writes
	dir  string
	told time.Time // of the last progress in scoring
}

func newJSONLines(w io.Writer, dir string) *jsonLines {
	return &jsonLines{enc: json.NewEncoder(w), dir: dir}
}

func (j *jsonLines) write(v any) {
	if j.err == nil {
		j.err = j.enc.Encode(v)
	}
}

// headEvent comes first.
type headEvent struct {
	Event   string               `json:"event"` // head
	Model   string               `json:"model"`
	Source  string               `json:"source"`
	Guide   string               `json:"guide"`
	Learned map[string]int       `json:"parameters"`
	Data    []inference.DataInfo `json:"data"`
	Notes   []string             `json:"notes"`
	Machine string               `json:"machine"`
	Seed    uint64               `json:"seed"`
	Out     string               `json:"out"`
	Resumed *int                 `json:"resumed_after,omitempty"` // the updates done before
}

func (j *jsonLines) head(f *fitting) {
	model, guide := f.p.counts()
	var resumed *int
	if f.old != nil {
		resumed = &f.old.Updates
	}
	j.write(headEvent{"head", f.p.Model.Name, f.p.source.Name, lang.Text(f.p.Guide), map[string]int{"model": model, "guide": guide},
		f.data, f.p.data.Notes, f.device.String(), f.p.config.Seed, j.dir, resumed})
}

// metricEvent is an event in the course of the fit.
type metricEvent struct {
	Event string `json:"event"` // progress or validated
	inference.Metric
	Updates int             `json:"updates,omitempty"` // in all epochs
	Left    float64         `json:"seconds_left,omitempty"`
	SoFar   *inference.Best `json:"so_far,omitempty"`
}

// rollbackEvent tells that a fit went back to earlier parameters.
type rollbackEvent struct {
	Event string `json:"event"` // rolled_back
	inference.Rollback
	Left int `json:"left"` // that it may still do
}

func (j *jsonLines) event(e inference.Event) {
	switch e := e.(type) {
	case inference.Started:
		j.write(struct {
			Event           string `json:"event"`
			Parameters      int    `json:"parameters"`
			Updates         int    `json:"updates"`
			UpdatesPerEpoch int    `json:"updates_per_epoch"`
		}{"started", e.Parameters, e.Updates, e.UpdatesPerEpoch})
	case inference.Progress:
		j.write(metricEvent{Event: "progress", Metric: e.Metric, Updates: e.Updates, Left: e.Left.Seconds()})
	case inference.RolledBack:
		j.write(rollbackEvent{"rolled_back", e.Rollback, e.Left})
	case inference.Validated:
		j.write(metricEvent{Event: "validated", Metric: e.Metric, SoFar: &e.SoFar})
	}
}

func (j *jsonLines) scoring(what string, part float64) {
	if time.Since(j.told) < pace && part < 1 {
		return
	}
	j.told = time.Now()
	j.write(struct {
		Event string  `json:"event"`
		Score string  `json:"score"`
		Part  float64 `json:"part"`
	}{"scoring", what, part})
}

func (j *jsonLines) pause() {}

// endEvent comes last.
type endEvent struct {
	Event   string            `json:"event"` // interrupted, failed or finished
	State   inference.State   `json:"state"`
	Epochs  int               `json:"epochs"`
	Updates int               `json:"updates"`
	Seconds float64           `json:"seconds"`
	Best    inference.Best    `json:"so_far"`
	Part    string            `json:"part,omitempty"` // what the scores are of
	Scores  []inference.Score `json:"scores,omitempty"`
	Out     string            `json:"out"`
	Resume  string            `json:"resume,omitempty"` // the command that goes on with an interrupted run
	Failure string            `json:"failure,omitempty"`
	Advice  []string          `json:"advice,omitempty"`
}

func (j *jsonLines) failed(r *inference.Run) { j.end("failed", r, "", "") }

func (j *jsonLines) interrupted(r *inference.Run) { j.end("interrupted", r, "", resumeLine(j.dir)) }

func (j *jsonLines) finished(r *inference.Run, part string) error {
	j.end("finished", r, part, "")
	return unlessClosed(j.err)
}

func (j *jsonLines) end(event string, r *inference.Run, part, resume string) {
	j.write(endEvent{event, r.State, r.Epochs, r.Updates, r.Seconds, r.Best, part, r.Scores, j.dir, resume, r.Failure, r.Advice})
}

// counts is how many numbers are learned, of the model and of the guide.
func (p *program) counts() (model, guide int) {
	for _, q := range p.Model.Params {
		switch {
		case q.Fixed:
		case q.Guide:
			guide += q.Size()
		default:
			model += q.Size()
		}
	}
	return model, guide
}
