package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/runtime"
)

// latentSamples is how many posterior samples of a sequence the mean of a guide
// is taken over: what is left of their noise adds half a percent to an error of
// a posterior standard deviation.
const latentSamples = 100

// A trial is one fit of a comparison. Scores are in nats a frame, less is better.
type trial struct {
	Guide      string             `json:"guide"`
	Seed       uint64             `json:"seed"`
	Bound      *inference.Score   `json:"bound,omitempty"`
	NLL        *inference.Score   `json:"nll,omitempty"`
	RMSE       map[string]float64 `json:"rmse,omitempty"` // of the posterior means, by latent
	Parameters int                `json:"parameters"`     // of the guide
	Seconds    float64            `json:"seconds"`
	Run        string             `json:"run"` // its folder, in that of the comparison
	Failure    string             `json:"failure,omitempty"`

	fit *inference.Run
}

// gap is how far the bound is from the likelihood.
func (t *trial) gap() (float64, bool) {
	if t.Bound == nil || t.NLL == nil {
		return 0, false
	}
	return t.Bound.Value - t.NLL.Value, true
}

// trial fits guide i with its seed number k.
func (x *comparison) trial(i, k int) (*trial, error) {
	p := x.programs[i]
	t := &trial{Guide: x.guides[i], Seed: p.config.Seed, Run: x.runName(i)}
	_, t.Parameters = p.counts()
	dir, err := reserve(filepath.Join(x.dir, t.Run), "", x.force)
	if err != nil {
		return t, err
	}
	defer dir.release()
	text, err := x.g.resolve(p)
	if err != nil {
		return t, err
	}
	show := &capture{display: x.display(t, i*x.seeds+k+1, dir.path)}
	f := &fitting{g: x.g, p: p, text: text, dir: dir, device: x.device, data: x.data, show: show, brief: x.brief}
	if err := f.run(); err != nil {
		return t, err
	}
	t.fit = show.run
	t.Bound, t.NLL, t.Seconds = scoreNamed(show.run.Scores, "bound"), scoreNamed(show.run.Scores, "nll"), show.run.Seconds
	x.keepBaselines(show.run.Scores, show.part)
	if x.truth != nil {
		t.RMSE, err = x.errors(p, show.run.Params, show.scoring)
		show.pause()
	}
	return t, err
}

// runName is the folder of a run: the guide's name and the seed, and a number
// where two guides share a name.
func (x *comparison) runName(i int) string {
	name := plainName(x.programs[i].Model.Guide)
	same := 0
	for _, p := range x.programs[:i] {
		if plainName(p.Model.Guide) == name {
			same++
		}
	}
	if same > 0 {
		name = fmt.Sprintf("%s_%d", name, same+1)
	}
	return fmt.Sprintf("%s-%d", name, x.programs[i].config.Seed)
}

// errors is the root mean squared errors of the posterior means of the latents,
// over all frames and coordinates of the data that are scored.
func (x *comparison) errors(p *program, params *runtime.Params[float32], watch watcher) (map[string]float64, error) {
	_, set := heldOut(p.data)
	if s := p.Smoother(params); s != nil {
		return exactErrors(s, p.Model.Ports, set, x.truth), nil
	}
	f := inference.Fitted{Model: p.Model, Params: params, Device: x.device, Progress: watch.of("posterior means")}
	means, err := f.Latents(x.g.ctx, set, p.config, latentSamples)
	if err != nil {
		return nil, err
	}
	out := map[string]float64{}
	for _, m := range means {
		if m.Cols != x.truth.Vars[x.truth.Index(m.Name)].Size {
			continue // a class has no error
		}
		var e squares
		for i := range set.Sequences {
			e.add(m.Mean[i], x.truth.Sequences[i].Values(x.truth.Index(m.Name)))
		}
		out[m.Name] = e.root()
	}
	return out, nil
}

// exactErrors is errors for a guide that sums the latents out.
func exactErrors(s *compiler.Smoother, ports []runtime.Port, set, truth *data.Set) map[string]float64 {
	out := map[string]float64{}
	for _, z := range exactPosteriors(s, ports, set) {
		var e squares
		for i, mean := range z.Mean {
			e.add(mean, truth.Sequences[i].Values(truth.Index(z.Name)))
		}
		out[z.Name] = e.root()
	}
	return out
}

// allOf is all data of a sequence.
func allOf(ports []runtime.Port, set *data.Set, q *data.Sequence) compiler.Given {
	g := compiler.Given{Steps: q.Len}
	for _, p := range ports {
		if p.Clock != "" {
			g.Data, g.Present = append(g.Data, q.Gaps()), append(g.Present, nil)
			continue
		}
		i := set.Index(p.Name)
		g.Data, g.Present = append(g.Data, q.Values(i)), append(g.Present, q.Present(i))
	}
	return g
}

// squares is a sum of squared errors.
type squares struct {
	sum float64
	n   int
}

func (s *squares) add(got []float64, want []float32) {
	for i, x := range got {
		d := x - float64(want[i])
		s.sum += d * d
	}
	s.n += len(got)
}

func (s *squares) root() float64 { return math.Sqrt(s.sum / float64(s.n)) }

// A capture is a display that remembers how the fit ended.
type capture struct {
	display
	run  *inference.Run
	part string
}

func (c *capture) finished(r *inference.Run, part string) error {
	c.run, c.part = r, part
	return c.display.finished(r, part)
}

// display shows a trial: a line that says which, and how far it is.
func (x *comparison) display(t *trial, number int, dir string) display {
	switch {
	case x.g.JSON:
		return newJSONLines(x.g.out, dir)
	case isTerminal(x.g.out):
		return &trialLines{x, t, number, &bars{out: x.g.out}}
	}
	return &trialLines{x, t, number, &logLines{out: x.g.out}}
}

// trialLines is the display of a trial for people.
type trialLines struct {
	*comparison
	t      *trial
	number int
	meter  meter
}

func (l *trialLines) head(*fitting) {
	fmt.Fprintf(l.g.out, "[%d/%d] %s, seed %d\n", l.number, len(l.programs)*l.seeds, l.t.Guide, l.t.Seed)
}

func (l *trialLines) event(e inference.Event) {
	if back, ok := e.(inference.RolledBack); ok {
		l.meter.stop()
		fmt.Fprintf(l.g.out, "%s\n", back)
	}
	l.meter.event(e)
}

func (l *trialLines) failed(*inference.Run)             {}
func (l *trialLines) scoring(what string, part float64) { l.meter.scoring(what, part) }
func (l *trialLines) pause()                            { l.meter.stop() }

func (l *trialLines) interrupted(r *inference.Run) {
	fmt.Fprintf(l.g.out, "Interrupted in epoch %d of %d.\n", r.Epochs, r.Config.Epochs)
}

func (l *trialLines) finished(r *inference.Run, _ string) error {
	_, err := io.WriteString(l.g.out, finishedLine(r))
	return unlessClosed(err)
}

// finishedLine is the scores of a run in a line.
func finishedLine(r *inference.Run) string {
	line := fmt.Sprintf("%s after %d updates, %.1f seconds", r.State, r.Updates, r.Seconds)
	for _, s := range r.Scores {
		if !isBaseline(s) {
			line += fmt.Sprintf("; %s %.4f", s.Name, s.Value)
		}
	}
	return line + "\n"
}
