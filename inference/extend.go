package inference

import (
	"fmt"
	"slices"
	"strings"
)

// extensions is the settings that a run may go on with other values of, each with
// what reports whether the values of another Config will do.
var extensions = map[string]func(*Run, *Config) error{
	"threads":       freely,
	"checkpoint":    freely,
	"on_nan":        freely,
	"on_nan.times":  freely,
	"on_nan.factor": freely, // rollbacks that were done keep theirs
	"epochs":        longer,
	"stop.patience": patient,
}

// extension is what reports whether a run may go on with other values of a
// setting, or nil. How it is scored concerns the end alone, but for the frames
// that are evaluated at once: on them hangs the noise of validations.
func extension(key string) func(*Run, *Config) error {
	if strings.HasPrefix(key, "eval.") && key != "eval.frames" {
		return freely
	}
	return extensions[key]
}

// Extendable says, for a setting that Keys documents, whether a run may go on with
// other values of it.
func (k Key) Extendable() bool { return extension(k.Name) != nil }

// Extend reports whether the run may go on with the settings c in place of its
// own: those that matter must be the same, and the others such that all it has
// computed so far would have been the same with them.
func (r *Run) Extend(c *Config) error {
	var fixed []string
	for _, f := range fields {
		may := extension(f.key)
		switch {
		case f.get(c) == f.get(r.Config):
		case may == nil:
			fixed = append(fixed, f.key)
		default:
			if err := may(r, c); err != nil {
				return err
			}
		}
	}
	if !slices.Equal(r.Config.Penalties, c.Penalties) {
		fixed = append(fixed, "regularize")
	}
	if len(fixed) > 0 {
		return fmt.Errorf("what was computed so far hangs on %s; a run may go on with other values of epochs, stop.patience, eval, on_nan, checkpoint and threads", strings.Join(fixed, " and "))
	}
	return nil
}

// Done reports whether a run with the settings c has nothing left to learn.
func (r *Run) Done(c *Config) bool {
	switch r.State {
	case Complete:
		return c.Epochs <= r.Epochs
	case Stopped:
		return c.Stop == r.Config.Stop
	}
	return false
}

// freely is of settings that no number of a fit hangs on.
func freely(*Run, *Config) error { return nil }

// longer is of the epochs: those that are begun can't be undone, and a learning
// rate that falls over all epochs would have been another from the start.
func longer(r *Run, c *Config) error {
	switch {
	case c.Epochs < r.Epochs:
		return fmt.Errorf("epochs=%d is less than the run has begun: %d", c.Epochs, r.Epochs)
	case c.Schedule.Kind != "constant" && c.Schedule.Steps == 0:
		return fmt.Errorf("with epochs=%d the learning rate would have been another from the start, for it falls over all epochs (optimizer.schedule=%s without steps)", c.Epochs, c.Schedule.Kind)
	}
	return nil
}

// patient is of stop.patience: the run must not have waited longer already.
func patient(r *Run, c *Config) error {
	if n := r.longestWait(); c.Stop.Patience > 0 && n >= c.Stop.Patience {
		return fmt.Errorf("with stop.patience=%d the run would have ended before: it has waited for %d validations", c.Stop.Patience, n)
	}
	return nil
}

// longestWait is the most validations in a row without improvement, as they count.
func (r *Run) longestWait() (most int) {
	n := 0
	for _, m := range r.Metrics {
		switch {
		case m.Best:
			n = 0
		case m.Valid != nil && m.Update > r.Config.Anneal.length():
			n++
		}
		most = max(most, n)
	}
	return most
}
