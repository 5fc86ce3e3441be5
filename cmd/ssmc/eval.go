package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/inference/predict"
)

// evalCmd scores a fitted model.
type evalCmd struct {
	Folder string `arg:"" name:"run" help:"The folder of a run, as fit made it."`
	Data   string `arg:"" optional:"" help:"Data to score it on; those of the fit if not given."`

	Split        string `default:"test" enum:"train,valid,test,all" help:"The part of the data: train, valid, test, or all of a file, of which otherwise parts are held out."`
	Samples      *int   `placeholder:"N" help:"Importance samples of a sequence, for the likelihood."`
	Particles    *int   `placeholder:"N" help:"Particles of a filter, for the likelihood; where a few of all samples decide, this holds."`
	Proposal     string `default:"" enum:",guide,model" help:"What draws the particles: guide or model."`
	BoundSamples *int   `placeholder:"N" help:"Samples of a sequence, for the bound."`
	PerSequence  bool   `help:"Also print the scores of each sequence."`
	GuideCheck   bool   `help:"Also tell how close the guide is to the posterior, and whether the likelihood can be trusted."`
	Filter       string `default:"" placeholder:"FILTER" enum:",guide,bootstrap,guided,exact" help:"Also score predictions of each step by those before it, whose latents come from the guide, from particles that the model (bootstrap) or the guide (guided) proposes, or are exact."`
	Ahead        *int   `placeholder:"K" help:"Predict up to K steps ahead; 1 if not given."`
	Draws        *int   `placeholder:"N" help:"Particles, or samples, of each prediction; 500 if not given."`
	Threads      *int   `placeholder:"N" help:"Threads to compute with; 0 is one for each core."`

	deviceFlags `embed:""`
}

// Run loads, scores and prints. The settings are those of the fit.
func (c *evalCmd) Run(g *globals) error {
	defer g.heedSignals()()
	run, err := c.load()
	if err != nil {
		return err
	}
	p, err := g.compile(c.request(run))
	if err != nil {
		return err
	}
	set, train, err := c.sets(p, run)
	if err != nil {
		return err
	}
	if err := c.checkPredict(); err != nil {
		return err
	}
	e := evaluation{Run: c.Folder, ID: run.ID, Model: run.Model, Guide: run.Guide, Part: c.Split, Source: cmp.Or(dataSource(c.Data), sourceOf(run)), Changed: changed(run, c.Split, set), Estimates: run.Estimates(), Posteriors: run.Posteriors()}
	if err := c.score(g, &e, run, p, set, train); err != nil {
		return err
	}
	if e.GuideCheck != nil {
		err = inference.SaveGuideCheck(c.Folder, run, e.GuideCheck)
	}
	if e.Predictions != nil {
		e.Predictions.Source = e.Source
		var failed error
		e.files[0], e.files[1], failed = inference.SavePredictions(c.Folder, run, e.Predictions)
		err = errors.Join(err, failed)
	}
	return errors.Join(c.print(g, e, set), err)
}

// load reads the run, and applies the flags to its settings.
func (c *evalCmd) load() (*inference.Run, error) {
	run, err := inference.Load(c.Folder)
	if err != nil {
		return nil, notRun(c.Folder, err)
	}
	if runID(run.Text, run.Data) != run.ID {
		return nil, fmt.Errorf("model.ssm in %s is not the program that was fitted: it, or run.json, was edited since; put it back, or fit the new one with: ssmc fit %s DATA --out DIR",
			c.Folder, quoted(filepath.Join(c.Folder, "model.ssm")))
	}
	return run, c.configure(run.Config)
}

// notRun explains a folder that holds no run.
func notRun(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) && !exists(filepath.Join(dir, "run.json")) {
		return fmt.Errorf("%s is not the folder of a run: there is no run.json in it", dir)
	}
	return err
}

// configure applies the flags to the settings of the fit.
func (c *evalCmd) configure(config *inference.Config) error {
	for _, f := range []struct {
		flag, key string
		value     *int
		nll       string // the estimate of the likelihood that it implies
	}{
		{"samples", "eval.nll.samples", c.Samples, "importance"}, {"particles", "eval.nll.particles", c.Particles, "filter"},
		{"bound-samples", "eval.bound.samples", c.BoundSamples, ""}, {"threads", "threads", c.Threads, ""},
	} {
		if f.value == nil {
			continue
		}
		if err := setBoth(config, f.nll, f.key, fmt.Sprint(*f.value)); err != nil {
			return fmt.Errorf("--%s: %w", f.flag, err)
		}
	}
	if c.Samples != nil && c.Particles != nil {
		return errors.New("--samples are of importance sampling, and --particles of a filter: choose one of them")
	}
	if c.Proposal != "" {
		if err := config.Set("eval.nll.proposal", c.Proposal); err != nil {
			return fmt.Errorf("--proposal: %w", err)
		}
	}
	return config.Check()
}

// setBoth sets the estimate of the likelihood, unless it is empty, and a key.
func setBoth(config *inference.Config, nll, key, value string) error {
	if nll != "" {
		if err := config.Set("eval.nll", nll); err != nil {
			return err
		}
	}
	return config.Set(key, value)
}

// request is the run's program with the data to score it on.
func (c *evalCmd) request(run *inference.Run) request {
	r := request{model: filepath.Join(c.Folder, "model.ssm"), data: cmp.Or(c.Data, sourceOf(run)), remembered: c.Data == ""}
	if c.Split == all {
		r.options.Split = [3]float64{1, 0, 0}
	}
	return r
}

// all is the split that holds nothing out.
const all = "all"

// sourceOf is where the data of a run were found.
func sourceOf(run *inference.Run) string {
	if len(run.Data) == 0 {
		return ""
	}
	return run.Data[0].Name
}

// sets is the sequences to score, and those that the baselines learn from: of
// the same data or, where all of these are scored, of the data of the fit.
func (c *evalCmd) sets(p *program, run *inference.Run) (set, train *data.Set, err error) {
	if set, err = c.set(p); err != nil {
		return nil, nil, err
	}
	if c.Split == all {
		train, err = trainOf(p, run)
		return set, train, err
	}
	return set, p.data.Train, nil
}

// set is the part of the data that was chosen.
func (c *evalCmd) set(p *program) (*data.Set, error) {
	if p.data == nil {
		return nil, errors.New("the run does not say what data it was fitted to: name them behind RUN")
	}
	parts := partsOf(p.data)
	if c.Split == all {
		if len(parts) > 1 {
			return nil, errors.New("--split all is for a single file: of a folder, choose train, valid or test")
		}
		return p.data.Train, nil
	}
	var names []string
	for _, x := range parts {
		if x.name == c.Split {
			return x.set, nil
		}
		names = append(names, x.name)
	}
	return nil, unknown("part of these data called", c.Split, names, "")
}

// trainOf is the data that a run was trained on.
func trainOf(p *program, run *inference.Run) (*data.Set, error) {
	b, found, err := openRemembered(sourceOf(run), schemaOf(p.Model.Ports), data.Options{})
	if err == nil {
		err = found.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("the baselines need the data of the fit: %w", err)
	}
	return b.Train, nil
}

// score restores the parameters and takes the scores and checks that e tells.
func (c *evalCmd) score(g *globals, e *evaluation, run *inference.Run, p *program, set, train *data.Set) error {
	params, err := run.Restore(p.Model)
	if err != nil {
		return fmt.Errorf("the parameters in %s do not suit its model.ssm with these data: %w", c.Folder, err)
	}
	device, err := c.open(run.Config.Threads)
	if err != nil {
		return err
	}
	defer device.Close()
	fitted := inference.Fitted{Model: p.Model, Params: params, Device: device}
	var m meter = noMeter{}
	if isTerminal(g.out) && !g.JSON {
		m = &bars{out: g.out}
	}
	defer m.stop()
	if c.GuideCheck {
		err = scoreChecked(g.ctx, e, fitted, train, set, run.Config, exactOf(p, params, set), m.scoring)
	} else {
		e.Scores, err = scoresOf(g.ctx, fitted, train, set, run.Config, m.scoring)
	}
	if err != nil || c.Filter == "" {
		return err
	}
	e.Predictions, err = c.predictions(g, &predicting{g: g, p: p, fitted: fitted, config: run.Config, train: train, set: set, watch: m.scoring})
	return err
}

// changed says how the data differ from those of the fit, or is empty.
func changed(run *inference.Run, part string, set *data.Set) string {
	for _, d := range run.Data {
		if d.Part == part && d.Fingerprint != set.Fingerprint {
			return fmt.Sprintf("These are not the %s data of the fit: their fingerprint is %s, and was %s.", part, set.Fingerprint, d.Fingerprint)
		}
	}
	return ""
}

// An evaluation is what eval prints.
type evaluation struct {
	Run       string            `json:"run"`
	ID        string            `json:"id"`
	Model     string            `json:"model"`
	Guide     string            `json:"guide"`
	Part      string            `json:"part"`
	Source    string            `json:"source"` // where the data were found
	Changed   string            `json:"changed,omitempty"`
	Scores    []inference.Score `json:"scores"`
	Sequences []sequenceScores  `json:"sequences,omitempty"`

	GuideCheck  *inference.GuideCheck `json:"guide_check,omitempty"`
	Predictions *predict.Report       `json:"predictions,omitempty"`

	Estimates  []inference.Value          `json:"estimates,omitempty"`
	Posteriors []inference.ParamPosterior `json:"posteriors,omitempty"`

	files [2]string // of the predictions: scores and calibration
}

// sequenceScores is the nats of a sequence, by score.
type sequenceScores struct {
	ID     string             `json:"id"`
	Frames int                `json:"frames"`
	Nats   map[string]float64 `json:"nats"`
}

func (c *evalCmd) print(g *globals, e evaluation, set *data.Set) error {
	if g.JSON {
		if c.PerSequence {
			e.Sequences = bySequence(set, e.Scores)
		}
		return json.NewEncoder(g.out).Encode(e)
	}
	fmt.Fprintf(g.out, "%s with guide %s, run %s\n", e.Model, e.Guide, e.ID)
	if e.Changed != "" {
		fmt.Fprintln(g.out, e.Changed)
	}
	printEstimates(g.out, e.Estimates)
	printPosteriors(g.out, e.Posteriors)
	printScores(g.out, e.Part, e.Scores)
	if c.PerSequence {
		printSequences(g.out, set, e.Scores)
	}
	if e.GuideCheck != nil {
		printCheck(g.out, e.Part, e.GuideCheck)
	}
	if e.Predictions != nil {
		printPredictions(g.out, e.Part, e.Predictions, e.files)
	}
	return nil
}

func bySequence(set *data.Set, scores []inference.Score) (out []sequenceScores) {
	for i, q := range set.Sequences {
		s := sequenceScores{q.ID, q.Len, map[string]float64{}}
		for _, x := range scores {
			s.Nats[x.Name] = x.Each[i]
		}
		out = append(out, s)
	}
	return out
}
