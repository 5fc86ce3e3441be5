package inference

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ssmc/runtime"
)

// checkCarry reports what can't go together with pieces that go on.
func (c *Config) checkCarry() error {
	switch {
	case !c.Carry:
	case c.Objective != "elbo":
		return fmt.Errorf("carry is true, and %s weighs whole sequences of samples against each other; it needs objective=elbo", c.Objective)
	case c.Order != "shuffle":
		return fmt.Errorf("carry is true, and the pieces of a sequence come in their order; it needs order=shuffle, which shuffles the sequences")
	}
	return nil
}

// canCarry reports a machine that cannot go on where a piece ended.
func (f *fitter) canCarry() error {
	if _, ok := f.machine.(runtime.Carrier); f.config.Carry && !ok {
		return errors.New("carry is true, and the device cannot carry what it has computed from one piece to the next")
	}
	return nil
}

// noteCarry notes what pieces take over from those before them.
func (f *fitter) noteCarry() {
	if f.config.Carry {
		f.run.Notes = append(slices.Clip(f.run.Notes), CarryNotes(f.model, f.config)...)
	}
}

// CarryNotes says what the pieces of a sequence take over from those before them,
// and what sees to the end of its piece only.
func CarryNotes(m *runtime.Model, c *Config) []string {
	notes := []string{fmt.Sprintf("sequences are trained on in pieces of at most %d steps, in their order: ", c.Window)}
	if len(m.Past) == 0 {
		notes[0] += "nothing is carried from one to the next, for nothing reads an earlier step"
	} else {
		notes[0] += "each goes on where the one before ended, without a gradient over the cut; carried: " + strings.Join(m.Past, ", ")
	}
	if len(m.Ahead) > 0 {
		notes = append(notes, "what looks ahead sees to the end of its piece only: "+strings.Join(m.Ahead, ", "))
	}
	return notes
}

// carried is what sequences that go on take over.
func (f *fitter) carried() []runtime.Carried {
	if !f.config.Carry {
		return nil
	}
	return f.machine.(runtime.Carrier).Carried()
}

// carryOn takes up what sequences take over in the run that is resumed.
func (f *fitter) carryOn(old *Run) error {
	if !f.config.Carry {
		return nil
	}
	if err := f.machine.(runtime.Carrier).Carry(old.snapshot.carried); err != nil {
		return fmt.Errorf("resume run %s: %w", old.ID, err)
	}
	return nil
}
