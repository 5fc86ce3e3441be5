package main

import (
	"fmt"
	"io"
	"math"

	"github.com/jedib0t/go-pretty/v6/table"
)

// printScored writes the scores that all have side by side and, of two, by how much the
// second is larger.
func printScored(w io.Writer, list []*scored, names []string) {
	columns := []any{""}
	for i, s := range list {
		fmt.Fprintf(w, "[%d] %s: %s with guide %s\n", i+1, s.Path, s.Model, s.Guide)
		columns = append(columns, fmt.Sprintf("[%d]", i+1), "± error")
	}
	first := list[0].find(names[0])
	fmt.Fprintf(w, "\nScores on %s (%s), less is better\n", first.Data, first.Fingerprint)
	if len(list) == 2 {
		columns = append(columns, "[2] - [1]", "± error")
	}
	t := newTable(w, columns...)
	for _, name := range names {
		t.AppendRow(scoredRow(list, name))
	}
	t.Render()
	fmt.Fprintln(w, wrapped("± is the Monte-Carlo error of estimates, not the error of having so few data.", 0))
}

func scoredRow(list []*scored, name string) table.Row {
	row := table.Row{name}
	for _, s := range list {
		e := &s.find(name).Value
		row = append(row, realNumber(e.Value), spreadText(float64(e.Error)))
	}
	if len(list) == 2 {
		a, b := &list[0].find(name).Value, &list[1].find(name).Value
		row = append(row, fmt.Sprintf("%+.4f", float64(b.Value-a.Value)), spreadText(math.Hypot(float64(a.Error), float64(b.Error))))
	}
	return row
}
