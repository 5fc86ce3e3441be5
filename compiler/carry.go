package compiler

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/runtime/op"
)

// checkCarry reports what pieces of a sequence cannot take over from each other,
// or cannot have without the rest.
func (u *unit) checkCarry() error {
	const rather = "drop carry=true"
	if u.exact() {
		return errors.New("carry is true, and guide exact sums the latents out over whole sequences; choose a guide that draws them, or " + rather)
	}
	for _, v := range u.order {
		switch {
		case v.Role != "latent":
		case v.class != nil:
			return fmt.Errorf("carry is true, and %s is summed out over whole sequences; let the guide draw it, q(%s | ...) with relax=0.5, or %s", v.Name, v.ref(), rather)
		case !v.Timed:
			return fmt.Errorf("carry is true, and %s has one value a sequence, which all of its pieces would have to share; %s", v.Name, rather)
		}
	}
	var err error
	ir.Visit(u.roots(u.sampled, u.terms), func(n *ir.Node) {
		if n.Spec != nil && op.Whole(n.Spec) && err == nil {
			err = fmt.Errorf("carry is true, and what stands at %s takes in whole sequences, of which pieces have a part; %s", n.Pos, rather)
		}
	})
	return err
}

// CanCarry is an error where pieces of a sequence cannot go on from each other,
// as with carry=true.
func (p *Program) CanCarry() error { return p.unit.checkCarry() }

// tell notes in words what a node reads of another time, or holds over times.
func (u *unit) tell(n *ir.Node, text string) {
	if u.otherTimes == nil {
		u.otherTimes = map[*ir.Node]string{}
	}
	if u.otherTimes[n] == "" {
		u.otherTimes[n] = text
	}
}

// readAt is how a name is read, off steps of its axis from now: what a net reads
// of its own past goes by the net.
func (s *scope) readAt(name string, axis *timeAxis, off int) string {
	if s.running != "" {
		return s.running
	}
	return (&variable{Name: name, Timed: true, axis: axis}).refAt(off)
}

// refAt is how the variable is written, off steps from now.
func (v *variable) refAt(off int) string { return v.Name + "[" + v.timeText(float64(off)) + "]" }

// runs is what a net does in words: that it is called or, over a range of times,
// which it runs over. A net that another one calls is a part of that.
func (s *scope) runs(f netValue, sw *sweep) string {
	switch {
	case s.running != "":
		return s.running
	case sw != nil && sw.over != "":
		return netName(f) + " over " + sw.over
	}
	return netName(f)
}

// over is a range of times in words: of a definition, those of the variables that
// it reads.
func (s *scope) over(n *lang.Index, ref *lang.NameRef) string {
	times := strings.TrimPrefix(lang.Text(n), ref.Name)
	names := s.behind(ref, map[string]bool{})
	if len(names) == 0 {
		names = []string{ref.Name}
	}
	return strings.Join(names, times+", ") + times
}

// joinOver is the times of two ranges that are joined, of which the first may be
// none.
func joinOver(first *sweep, second string) string {
	if first == nil || first.over == second {
		return second
	}
	return first.over + ", " + second
}

// behind is the variables that vary in time and that a name stands for.
func (s *scope) behind(ref *lang.NameRef, seen map[string]bool) (names []string) {
	if seen[ref.Name] {
		return nil
	}
	seen[ref.Name] = true
	switch v := s.lookup(ref.Name).(type) {
	case *variable:
		if v.Timed {
			names = append(names, v.Name)
		}
	case *timed:
		if v.steps == nil {
			return nil
		}
		walk(v.steps.Tree(), func(n lang.Node) bool {
			if inner, ok := n.(*lang.NameRef); ok {
				names = append(names, v.scope.behind(inner, seen)...)
			}
			return true
		})
	}
	return names
}

// LooksAhead reports whether what the guide draws for a step may depend on data of later
// steps.
func (p *Program) LooksAhead() (ahead bool) {
	ir.Visit(p.unit.roots(p.unit.samplesOf()), func(n *ir.Node) {
		lag, isLag := n.Spec.(op.Lag)
		if isLag && lag.By < 0 || n.Spec != nil && op.Whole(n.Spec) {
			ahead = true
		}
	})
	return ahead
}

// flows is what reads earlier times, and what looks ahead, in words.
func (u *unit) flows() (past, ahead []string) {
	ir.Visit(u.roots(u.sampled, u.terms), func(n *ir.Node) {
		text := cmp.Or(u.otherTimes[n], n.Pos)
		switch spec := n.Spec.(type) {
		case op.Lag:
			if spec.By < 0 {
				ahead = append(ahead, text)
			} else {
				past = append(past, text)
			}
		case op.Hold:
			past = append(past, text)
		}
	})
	slices.Sort(past)
	slices.Sort(ahead)
	return slices.Compact(past), slices.Compact(ahead)
}
