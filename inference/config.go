package inference

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ssmc/inference/optim"
	"ssmc/lang/diag"
)

// Config is all that can be chosen about training and evaluation. DefaultConfig
// makes one; Keys documents each setting.
type Config struct {
	Seed    uint64
	Threads int // 0 is one for each core

	Checkpoint float64 // minutes between checkpoints; 0 is none but at the start and the end

	Epochs int
	Batch  int    // sequences an update
	Order  string // shuffle, pooled or sorted
	Pool   int    // batches that are sorted together by order=pooled
	Window int    // longest piece of a sequence to train on; 0 is all of it
	Carry  bool   // a piece goes on where the one before it ended
	Divide string // batch, frames or none: what the cost is divided by

	Posterior string  // meanfield, fullrank or map: how the compiler infers parameters with priors
	Floor     float64 // what the compiler adds to variances, scales and rates
	Objective string  // elbo, iwae or fivo
	KL        string  // analytic or sampled
	Samples   int     // posterior samples of a sequence in an update
	Particles int     // of a sequence in an update, by fivo
	Gradient  string  // auto, plain, stl or dreg
	FreeBits  float64 // nats a latent and frame
	Anneal    Anneal

	Optimizer optim.Config
	LR        float64
	Clip      float64 // largest norm of the gradient; 0 is no limit
	Schedule  optim.Schedule
	Penalties []optim.Penalty

	Stop     Stop
	OnNaN    OnNaN
	Validate Validate
	Eval     Eval

	given map[string]string // what was set, by key
}

// Stop says which parameters a fit ends with, and when.
type Stop struct {
	Kind     string // best or none
	On       string // valid.bound
	Patience int    // validations without improvement that end the fit; 0 is no end
}

// Validate says when the bound of the validation data is taken.
type Validate struct {
	Kind    string // every or none
	Every   int
	Unit    string // epochs or updates
	Samples int
}

// Eval says how a fitted model is scored.
type Eval struct {
	NLL          string // importance, filter or none
	NLLSamples   int    // samples of a sequence
	Particles    int    // of a filter
	Runs         int    // filters of a sequence
	Proposal     string // guide or model: what draws particles
	Bound        string // elbo or none
	BoundSamples int
	Frames       int // frames times samples that a machine holds at once
}

// A Setting is one value of a Config, by its dotted key.
type Setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// DefaultConfig has the settings of Krishnan, Shalit & Sontag (2017), where they
// state them, without annealing and penalties.
func DefaultConfig() *Config {
	c := &Config{}
	for _, f := range fields {
		if err := f.set(c, f.fallback); err != nil {
			panic(err)
		}
	}
	c.given = map[string]string{}
	return c
}

// Set gives the setting called key a value, both as text. An error says which
// key may have been meant or which values are allowed.
func (c *Config) Set(key, value string) error {
	key = strings.TrimPrefix(key, "train.")
	value = strings.Trim(value, `"`)
	if key == "regularize" || strings.HasPrefix(key, "regularize.") {
		return c.setPenalty(strings.TrimPrefix(strings.TrimPrefix(key, "regularize"), "."), value)
	}
	f, err := fieldOf(key)
	if err != nil {
		return err
	}
	if err := f.set(c, value); err != nil {
		return err
	}
	c.given[f.key] = value
	c.forget(f.key, value)
	return nil
}

// Apply sets each of the settings in turn, and gives all errors at once.
func (c *Config) Apply(list []Setting) []error {
	var errs []error
	for _, s := range list {
		if err := c.Set(s.Key, s.Value); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// forget drops what was set for another choice of key than value: to choose sgd
// in place of a program's adam(beta1=0.8) is not to misuse beta1.
func (c *Config) forget(key, value string) {
	for _, f := range fields {
		if f.needs.key != key || f.needs.met(value) {
			continue
		}
		if err := f.set(c, f.fallback); err != nil {
			panic(err)
		}
		delete(c.given, f.key)
		c.forget(f.key, f.fallback)
	}
}

// Check reports settings that were given and have no effect, or that can't go
// together.
func (c *Config) Check() error {
	for _, f := range fields {
		if _, ok := c.given[f.key]; !ok || f.needs.key == "" {
			continue
		}
		if now := c.get(f.needs.key); !f.needs.met(now) {
			return fmt.Errorf("%s has no effect with %s=%s: it needs %s", f.key, f.needs.key, now, f.needs.text(" or "))
		}
	}
	if err := c.checkObjective(); err != nil {
		return err
	}
	return c.checkCarry()
}

// Settings lists every setting, in the order of Keys: applied to a default
// Config they make this one.
func (c *Config) Settings() []Setting {
	var out []Setting
	for _, f := range fields {
		out = append(out, Setting{f.key, f.get(c)})
	}
	return append(out, c.penaltySettings()...)
}

// Effective is the settings that have an effect.
func (c *Config) Effective() (out []Setting) {
	idle := map[string]bool{}
	for _, f := range fields {
		idle[f.key] = f.needs.key != "" && !f.needs.met(c.get(f.needs.key))
	}
	for _, s := range c.Settings() {
		if !idle[s.Key] {
			out = append(out, s)
		}
	}
	return out
}

// get is the value of the field called key, as text.
func (c *Config) get(key string) string {
	f, err := fieldOf(key)
	if err != nil {
		panic(err)
	}
	return f.get(c)
}

// fieldOf finds a field by its key or another name of it.
func fieldOf(key string) (*field, error) {
	var names []string
	for i := range fields {
		f := &fields[i]
		if f.key == key || slices.Contains(f.also, key) {
			return f, nil
		}
		names = append(names, f.key)
	}
	return nil, fmt.Errorf("there is no setting %s%s", key, suggest(key, append(names, "regularize")))
}

// suggest is the near miss as a question, and what can stand in its place.
func suggest(key string, names []string) string {
	if full := argument(key, names); full != nil {
		return "; did you mean " + strings.Join(full, " or ") + "?"
	}
	if near := cmp.Or(diag.Suggest(key, names), abbreviated(key, names)); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; known are " + strings.Join(topLevel(names), ", ")
}

// argument is the names that end in key: lr is optimizer.lr.
func argument(key string, names []string) (full []string) {
	for _, n := range names {
		if strings.HasSuffix(n, "."+key) {
			full = append(full, n)
		}
	}
	return full
}

// abbreviated is the shortest of the names that key is the letters of, with some
// left out, from the first on: epch is epochs.
func abbreviated(key string, names []string) (best string) {
	for _, n := range names {
		if len(key) > 2 && n[0] == key[0] && within(key, n) && (best == "" || len(n) < len(best)) {
			best = n
		}
	}
	return best
}

// within reports whether the letters of key stand in name in their order.
func within(key, name string) bool {
	for _, r := range name {
		if strings.HasPrefix(key, string(r)) {
			key = key[len(string(r)):]
		}
	}
	return key == ""
}

// topLevel lists the first parts of dotted names, each once.
func topLevel(names []string) []string {
	var out []string
	for _, n := range names {
		n, _, _ = strings.Cut(n, ".")
		out = append(out, n)
	}
	slices.SortFunc(out, cmp.Compare)
	return slices.Compact(out)
}

// Clone is a copy that shares nothing with c.
func (c *Config) Clone() *Config {
	d := *c
	d.Penalties, d.given = slices.Clone(c.Penalties), maps.Clone(c.given)
	return &d
}
