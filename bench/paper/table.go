package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A row is a cell with its record, nil if it was not run.
type row struct {
	cell
	*record
}

// rows are all cells of all tables, with what is known of them.
func (f *flags) rows() (list []row, err error) {
	prints := map[string]string{}
	for _, c := range cells {
		r, err := f.readRecord(&c)
		if err != nil {
			return nil, err
		}
		list = append(list, row{c, r})
		if r == nil {
			continue
		}
		if old := prints[c.data]; old != "" && old != r.NLL.Fingerprint {
			return nil, fmt.Errorf("the runs on %s were scored on different data, of fingerprints %s and %s: score them on one", c.data, old, r.NLL.Fingerprint)
		}
		prints[c.data] = r.NLL.Fingerprint
	}
	return list, nil
}

// markdown is all tables.
func markdown(list []row) string {
	var b strings.Builder
	for i, t := range tables {
		if i > 0 {
			b.WriteString("\n")
		}
		own := slices.DeleteFunc(slices.Clone(list), func(r row) bool { return r.table != t.key })
		fmt.Fprintf(&b, "**%s**\n\n", t.title)
		b.WriteString("| data | model or guide | (a) | (b) | {c} | the paper: (a) (b) {c} | validation bound, epoch | epochs | seconds | seed |\n")
		b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
		for _, r := range own {
			b.WriteString(r.text())
		}
		if t.key == "guides" {
			b.WriteString(sameBudget(own))
		}
	}
	return b.String() + notes(list)
}

// text is a row of a table.
func (r row) text() string {
	head := fmt.Sprintf("| %s | %s |", titles[r.data], r.name)
	if r.record == nil {
		return fmt.Sprintf("%s not run | | | %s | | | | %d |\n", head, r.paper, r.cell.seed)
	}
	return fmt.Sprintf("%s %s | %s | %s | %s | %.3f, %d | %s | %.0f | %d |\n", head,
		within(r.NLL.Value, r.NLL.Error), within(r.Bound.Value, r.Bound.Error), within(r.Bound.PerSequence, r.Bound.PerSequenceError),
		r.paper, r.Best.Bound, r.Best.Epoch, r.epochs(), r.Seconds, r.Seed)
}

// epochs is how many there were. A budget of fewer than the paper's stops early
// but where the budget is what the table is of.
func (r row) epochs() string {
	of := max(schedule, r.Asked)
	if r.table == "guides" {
		of = r.Asked
	}
	if r.Epochs < of {
		return fmt.Sprintf("%d of %d, stopped early", r.Epochs, of)
	}
	return fmt.Sprint(r.Epochs)
}

// within is a score with its Monte-Carlo error, if it has one.
func within(value, err float64) string {
	switch {
	case err == 0:
		return fmt.Sprintf("%.3f", value)
	case err < 0.0005:
		return fmt.Sprintf("%.3f ± 0.000", value)
	}
	return fmt.Sprintf("%.3f ± %.3f", value, err)
}

// String has the scores as the paper writes them.
func (s scores) String() string {
	switch {
	case s.b == 0:
		return ""
	case s.c == 0:
		return fmt.Sprintf("%.3f (%.3f)", s.a, s.b)
	}
	return fmt.Sprintf("%.3f (%.3f) {%.3f}", s.a, s.b, s.c)
}

// sameBudget says so below a table where its rows had different budgets.
func sameBudget(list []row) string {
	epochs := map[int]bool{}
	for _, r := range list {
		if r.record != nil {
			epochs[r.Epochs] = true
		}
	}
	if len(epochs) > 1 {
		return "\nThe epochs differ: these are not scores under one budget.\n"
	}
	return ""
}

// notes are the lines below the tables: what numbers hang on, and which to doubt.
func notes(list []row) string {
	on, few := map[string]map[string]bool{}, map[string]bool{}
	for _, r := range list {
		if r.record == nil {
			continue
		}
		c := r.conditions()
		if on[c] == nil {
			on[c] = map[string]bool{}
		}
		on[c][r.Commit] = true
		if r.NLL.Few > 0 {
			few[fmt.Sprintf("%s, %d of %d", r.cell.run, r.NLL.Few, r.NLL.Sequences)] = true
		}
	}
	var b strings.Builder
	for _, line := range slices.Sorted(maps.Keys(on)) {
		fmt.Fprintf(&b, "\n%s at commit %s.\n", line, strings.Join(slices.Sorted(maps.Keys(on[line])), ", "))
	}
	if len(few) > 0 {
		fmt.Fprintf(&b, "\nSequences whose likelihood rests on fewer than 10 effective samples, so that (a) may be too large: %s.\n",
			strings.Join(slices.Sorted(maps.Keys(few)), "; "))
	}
	return b.String()
}

// conditions is what a row's numbers hang on, but for the commit.
func (r row) conditions() string {
	return fmt.Sprintf("%s: test data `%s`, %d sequences, %d frames; (a) by %d samples, (b) and {c} by %d; fitted by ssmc %s on %s, scored on %s",
		titles[r.data], r.NLL.Fingerprint, r.NLL.Sequences, r.NLL.Frames, r.NLL.Samples, r.Bound.Samples, r.Version, r.Machine, r.CPU)
}
