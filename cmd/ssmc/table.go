package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"ssmc/inference"
	"ssmc/inference/data"
)

// rowNames are the scores as the table calls them.
var rowNames = map[string]string{
	"nll":         "negative log likelihood (a)",
	"bound":       "negative bound (b) {c}",
	"persistence": "persistence",
	"climatology": "climatology",
}

// newTable is a table of numbers with a first column of text.
func newTable(w io.Writer, columns ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = text.FormatDefault
	t.Style().Options = table.OptionsNoBordersAndSeparators
	t.Style().Options.SeparateHeader = true
	t.AppendHeader(columns)
	var configs []table.ColumnConfig
	for i := range columns[1:] {
		configs = append(configs, table.ColumnConfig{Number: i + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
	return t
}

// printScores writes the scores of a set as a table: less is better.
func printScores(w io.Writer, part string, scores []inference.Score) {
	fmt.Fprintf(w, "\nScores on %s: %s, nats a frame, less is better\n", part, sizeText(scores[0]))
	t := newTable(w, "", "mean", "± error", "mean by sequence", "± error", "samples")
	for _, s := range scores {
		t.AppendRow(table.Row{rowNames[s.Name], number(s.Value), errorText(s), meanBySequence(s), spreadText(s.PerSequenceError), samplesText(s)})
	}
	t.Render()
	fmt.Fprintln(w, wrapped(legend(scores), 0))
	if line := verdict(scores); line != "" {
		fmt.Fprintf(w, "%s\n", line)
	}
}

// legend says what the marks of the table mean, as far as it has them.
func legend(scores []inference.Score) string {
	var text []string
	sampled := false
	if s := scoreNamed(scores, "nll"); s != nil && s.Samples > 0 {
		text, sampled = append(text, "(a) is estimated by "+estimatorText(s)+", and too large on average."), true
	} else if s != nil {
		text = append(text, "(a) is exact.")
	}
	if s := scoreNamed(scores, "bound"); s != nil {
		text = append(text, boundText(s),
			"{c} is (b) as the mean over sequences of each one's nats a frame, whatever its length.")
		sampled = sampled || s.Samples > 0
	}
	if sampled {
		text = append(text, "± is the Monte-Carlo error of an estimate, not the error of having so few data.")
	}
	return strings.Join(text, " ")
}

// estimatorText is how a likelihood was estimated.
func estimatorText(s *inference.Score) string {
	if s.Particles == 0 {
		return "importance sampling with the guide"
	}
	return count(s.Samples/s.Particles, "filter") + " of " + count(s.Particles, "particle")
}

func boundText(s *inference.Score) string {
	if s.Samples == 0 {
		return "(b) is exact as well."
	}
	return "(b) is above (a) by how far the guide is from the posterior."
}

func sizeText(s inference.Score) string {
	return count(s.Sequences, "sequence") + ", " + count(s.Frames, "frame") + " (" + s.Fingerprint + ")"
}

func number(x float64) string { return fmt.Sprintf("%.4f", x) }

// errorText is the Monte-Carlo error; a baseline has none, and a single sample
// tells none.
func errorText(s inference.Score) string { return spreadText(s.Error) }

// spreadText is a standard error, if there is one.
func spreadText(x float64) string {
	if x == 0 || math.IsNaN(x) {
		return ""
	}
	return number(x)
}

// meanBySequence is {c}, the mean over sequences of each one's nats a frame.
func meanBySequence(s inference.Score) string {
	if s.Name == "bound" {
		return "{" + number(s.PerSequence) + "}"
	}
	return number(s.PerSequence)
}

func samplesText(s inference.Score) string {
	if s.Samples == 0 {
		return ""
	}
	return fmt.Sprint(s.Samples)
}

// printSequences writes the scores of each sequence of a set, in nats a frame.
func printSequences(w io.Writer, set *data.Set, scores []inference.Score) {
	fmt.Fprintln(w)
	columns := []any{"sequence", "frames"}
	for _, s := range scores {
		columns = append(columns, s.Name)
	}
	t := newTable(w, columns...)
	for i, q := range set.Sequences {
		row := table.Row{q.ID, q.Len}
		for _, s := range scores {
			row = append(row, number(s.Each[i]/float64(q.Len)))
		}
		t.AppendRow(row)
	}
	t.Render()
}
