package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/inference/baseline"
	"ssmc/inference/predict"
	"ssmc/inference/scoring"
)

// filterTexts says what the filters are.
var filterTexts = map[string]string{
	"guide":     "the guide, given the steps before alone",
	"bootstrap": "particles that the model proposes",
	"guided":    "particles that the guide proposes, given the steps before alone",
	"exact":     "exact inference",
}

// printPredictions writes the scores of predictions: a table of whole frames, and one of
// each variable.
func printPredictions(w io.Writer, part string, r *predict.Report, files [2]string) {
	fmt.Fprintf(w, "\nPredictions of %s: %s, %s (%s), by the steps before\n", part, count(r.Sequences, "sequence"), count(r.Frames, "frame"), r.Fingerprint)
	fmt.Fprintf(w, "Latents by %s%s.\n", filterTexts[r.Filter], drawsText(r))
	printJoint(w, r)
	for x := range r.By[0].Steps[0].Vars {
		printVariable(w, r, x)
	}
	fmt.Fprintln(w, wrapped(predictLegend(r), 0))
	fmt.Fprintf(w, "The scores are in %s, and what a plot of their calibration needs in %s.\n", files[0], files[1])
}

// drawsText is how many draws predictions are made of.
func drawsText(r *predict.Report) string {
	each := r.Draws / r.Filters
	switch r.Filter {
	case "bootstrap", "guided":
		return fmt.Sprintf(", in %d filters of %d", r.Filters, each)
	case "guide":
		return fmt.Sprintf(", %d draws", r.Draws)
	}
	return ""
}

// printJoint writes the log scores of whole frames.
func printJoint(w io.Writer, r *predict.Report) {
	fmt.Fprintf(w, "\nNegative log score of a whole frame, nats\n")
	columns := []any{"steps ahead", "frames", "model", "± error"}
	for _, p := range r.By[1:] {
		columns = append(columns, p.By)
	}
	t := newTable(w, columns...)
	for h, s := range r.By[0].Steps {
		row := table.Row{s.Ahead, s.Frames, realNumber(s.Log.Value), spreadText(float64(s.Log.Error))}
		for _, p := range r.By[1:] {
			row = append(row, realNumber(p.Steps[h].Log.Value))
		}
		t.AppendRow(row)
	}
	t.Render()
}

// printVariable writes the scores of variable x, by step ahead and who predicts.
func printVariable(w io.Writer, r *predict.Report, x int) {
	first := &r.By[0].Steps[0].Vars[x]
	fmt.Fprintf(w, "\n%s, %s\n", first.Name, count(first.Numbers, first.Kind+" number"))
	columns := []any{"ahead", "by", "log score", "±"}
	if first.Brier != nil {
		columns = append(columns, "Brier", "±")
	} else {
		columns = append(columns, "CRPS", "±", "RMSE", "±")
		for _, level := range scoring.Levels {
			columns = append(columns, fmt.Sprintf("%g %%", 100*level))
		}
	}
	t := newTable(w, columns...)
	for h := range r.By[0].Steps {
		for _, p := range r.By {
			t.AppendRow(variableRow(p, &p.Steps[h], x))
		}
	}
	t.Render()
}

func variableRow(p *predict.Prediction, s *predict.Step, x int) table.Row {
	v := &s.Vars[x]
	row := append(table.Row{s.Ahead, p.By}, estimateCells(&v.Log)...)
	if v.Brier != nil {
		return append(row, estimateCells(v.Brier)...)
	}
	row = append(append(row, estimateCells(v.CRPS)...), estimateCells(v.RMSE)...)
	for _, c := range v.Coverage {
		row = append(row, fmt.Sprintf("%.1f", 100*float64(c.Holds)))
	}
	return row
}

// estimateCells is a number and its error, to four digits and two.
func estimateCells(e *predict.Estimate) []any {
	value, spread := "", ""
	if !math.IsNaN(float64(e.Value)) {
		value = fmt.Sprintf("%.4g", float64(e.Value))
	}
	if e.Error > 0 {
		spread = fmt.Sprintf("%.1g", float64(e.Error))
	}
	return []any{value, spread}
}

// realNumber is empty where there is no number.
func realNumber(x scoring.Real) string {
	if math.IsNaN(float64(x)) {
		return ""
	}
	return number(float64(x))
}

// predictLegend says what the columns mean.
func predictLegend(r *predict.Report) string {
	text := []string{"Less is better. The log score of a number is by itself, in nats; CRPS and RMSE have its units; below the percentages stand how many in a hundred their central intervals hold. Blanks are not scored, and inputs are known ahead."}
	if r.Filter != "exact" {
		text = append(text, "± is the Monte-Carlo error, by how the filters differ; few draws make log scores too large on average.")
	}
	if orders := orderText(r); orders != "" {
		text = append(text, orders)
	}
	return strings.Join(text, " ")
}

// orderText says what the autoregressions are.
func orderText(r *predict.Report) string {
	for _, p := range r.By {
		if p.By != baseline.Autoregress || len(p.Orders) == 0 {
			continue
		}
		var parts []string
		for _, v := range p.Steps[0].Vars {
			if list := p.Orders[v.Name]; len(list) > 0 {
				parts = append(parts, fmt.Sprintf("%s has order %s", v.Name, rangeText(list)))
			}
		}
		return "ar is least squares on the training data, of the order up to 10 with the least BIC: " + strings.Join(parts, ", ") + "; what is not real it predicts as persistence does."
	}
	return ""
}

func rangeText(list []int) string {
	low, high := slices.Min(list), slices.Max(list)
	if low == high {
		return fmt.Sprint(low)
	}
	return fmt.Sprintf("%d to %d", low, high)
}
