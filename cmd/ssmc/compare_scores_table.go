package main

import (
	"fmt"
	"io"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"
)

// printScored writes the scores that all have side by side, a table for each of the data
// that they are of.
func printScored(w io.Writer, list []*scored, names []string) {
	for i, s := range list {
		fmt.Fprintf(w, "[%d] %s: %s with guide %s\n", i+1, s.Path, s.Model, s.Guide)
	}
	for len(names) > 0 {
		first := list[0].find(names[0])
		var own, others []string
		for _, name := range names {
			if list[0].find(name).Fingerprint == first.Fingerprint {
				own = append(own, name)
			} else {
				others = append(others, name)
			}
		}
		fmt.Fprintf(w, "\nScores on %s (%s), less is better\n", first.Data, first.Fingerprint)
		printSideBySide(w, list, own)
		names = others
	}
	fmt.Fprintln(w, wrapped("± is the Monte-Carlo error of estimates, not the error of having so few data.", 0))
}

// printSideBySide is the table of some scores and, of two, by how much the second is
// larger.
func printSideBySide(w io.Writer, list []*scored, names []string) {
	columns := []any{""}
	for i := range list {
		columns = append(columns, fmt.Sprintf("[%d]", i+1), "± error")
	}
	if len(list) == 2 {
		columns = append(columns, "[2] - [1]", "± error")
	}
	t := newTable(w, columns...)
	for _, name := range names {
		t.AppendRow(scoredRow(list, name))
	}
	t.Render()
}

func scoredRow(list []*scored, name string) table.Row {
	row := table.Row{name}
	for _, s := range list {
		e := &s.find(name).Value
		row = append(row, realNumber(e.Value), spreadText(float64(e.Error)))
	}
	if len(list) == 2 {
		a, b := &list[0].find(name).Value, &list[1].find(name).Value
		row = append(row, differenceText(float64(b.Value-a.Value)), spreadText(math.Hypot(float64(a.Error), float64(b.Error))))
	}
	return row
}

// differenceText is empty where there is no number.
func differenceText(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return fmt.Sprintf("%+.4f", x)
}
