package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/inference"
)

// An answered is the answer to a query, as it is kept.
type answered struct {
	Run         string           `json:"run"`
	ID          string           `json:"id"`
	Model       string           `json:"model"`
	Query       string           `json:"query"`
	Part        string           `json:"part"`
	Data        string           `json:"data"`
	Fingerprint string           `json:"fingerprint"`
	Changed     string           `json:"changed,omitempty"`
	Seed        uint64           `json:"seed"`
	Samples     int              `json:"samples"`
	Sequences   int              `json:"sequences"` // that were asked about
	LeftOut     map[string]int   `json:"left_out"`  // others, by what they lack
	Versus      string           `json:"versus,omitempty"`
	Reports     []answeredReport `json:"reports"`
}

// An answeredReport is one number with what it is compared with.
type answeredReport struct {
	Name       string            `json:"name"`
	Text       string            `json:"text"`
	Value      inference.Answer  `json:"value"`
	Versus     *inference.Answer `json:"versus,omitempty"`
	Difference *inference.Answer `json:"difference,omitempty"`
}

// leftOut says which sequences were left out.
func (a *answered) leftOut() string {
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(a.LeftOut)) {
		parts = append(parts, fmt.Sprintf("%d %s", a.LeftOut[why], why))
	}
	return strings.Join(parts, ", ")
}

// sumUp takes the statistics of what was drawn.
func (a *answering) sumUp(own, other *arm) {
	out := &a.answer
	out.Query, out.Samples = a.asker.Name, a.samples
	if other != nil {
		out.Versus = other.what
	}
	for i, r := range own.asker.Reports {
		s := inference.Statistic{Kind: r.Kind, Level: r.Level}
		row := answeredReport{Name: r.Name, Text: r.Text, Value: s.Answer(own.drawn[i], a.seed)}
		if other != nil {
			for j, o := range other.asker.Reports {
				if o.Name == r.Name {
					v, d := s.Answer(other.drawn[j], a.seed), s.Difference(own.drawn[i], other.drawn[j], a.seed)
					row.Versus, row.Difference = &v, &d
				}
			}
		}
		out.Reports = append(out.Reports, row)
	}
}

// finish saves and prints the answer.
func (a *answering) finish() error {
	text, err := json.MarshalIndent(a.answer, "", "  ")
	if err != nil {
		return err
	}
	name := queryFile(a.answer.Run, a.answer.Query)
	if err := os.WriteFile(name, append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("save the answer: %w", err)
	}
	if a.g.JSON {
		return json.NewEncoder(a.g.out).Encode(a.answer)
	}
	a.print(name)
	return nil
}

// print prints the answer for people.
func (a *answering) print(file string) {
	x, w := &a.answer, a.g.out
	fmt.Fprintf(w, "%s of %s, run %s\n", x.Query, x.Model, x.ID)
	if x.Changed != "" {
		fmt.Fprintln(w, x.Changed)
	}
	fmt.Fprintf(w, "%s: %s (%s), %s of each\n", x.Part, count(x.Sequences, "sequence"), x.Fingerprint, count(x.Samples, "sample"))
	if left := x.leftOut(); left != "" {
		fmt.Fprintf(w, "Left out are sequences that cannot be asked: %s.\n", left)
	}
	fmt.Fprintln(w)
	t := newTable(w, "", "estimate", "± error", "95 % interval")
	for _, r := range x.Reports {
		t.AppendRow(answerRow(r.Name, &r.Value))
		if r.Versus != nil {
			t.AppendRow(answerRow("  versus "+x.Versus, r.Versus))
			t.AppendRow(answerRow("  difference", r.Difference))
		}
	}
	t.Render()
	fmt.Fprintln(w, wrapped(queryLegend(x), 0))
	fmt.Fprintf(w, "The answer is in %s.\n", file)
}

// queryLegend says what the columns mean.
func queryLegend(x *answered) string {
	text := "± is the Monte-Carlo error of so few samples. The interval is for so few sequences, by the bootstrap over them; the parameters are taken as they were fitted."
	if x.Versus != "" {
		text += " Both sides of a difference share sequences and random numbers."
	}
	return text
}

func answerRow(name string, a *inference.Answer) table.Row {
	interval := ""
	if !math.IsNaN(float64(a.Low)) {
		interval = fmt.Sprintf("%.4g to %.4g", float64(a.Low), float64(a.High))
	}
	spread := ""
	if !math.IsNaN(float64(a.Error)) {
		spread = fmt.Sprintf("%.2g", float64(a.Error))
	}
	return table.Row{name, fmt.Sprintf("%.4g", float64(a.Value)), spread, interval}
}
