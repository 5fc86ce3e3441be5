package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"gonum.org/v1/gonum/stat"

	"ssmc/compiler"
	"ssmc/inference"
)

// The files of a comparison.
const (
	compareJSON = "compare.json"
	compareCSV  = "compare.csv"
)

// A comparedTable is what a comparison found. Scores are in nats a frame, less is
// better.
type comparedTable struct {
	Model      string               `json:"model"`
	Data       []inference.DataInfo `json:"data"`
	Parameters []compiler.Known     `json:"simulated_with,omitempty"`
	Part       string               `json:"part"` // the data that are scored
	Trials     []trial              `json:"trials"`
	Baselines  []inference.Score    `json:"baselines"`
}

// begin says what is compared on what.
func (x *comparison) begin() {
	x.table = comparedTable{Model: x.programs[0].Model.Name, Data: x.data}
	if x.known != nil {
		x.table.Parameters = x.known.sim.Params()
	}
	if x.g.JSON {
		return
	}
	if x.known != nil {
		printKnown(x.g.out, x.known)
	}
	for _, line := range dataLines(x.programs[0].data) {
		fmt.Fprintln(x.g.out, line)
	}
	fmt.Fprintf(x.g.out, "%s, %s each, on %s, in %s\n", count(len(x.guides), "guide"), count(x.seeds, "fit"), x.device, x.dir)
}

// note tells people something.
func (x *comparison) note(format string, args ...any) {
	if !x.g.JSON {
		fmt.Fprintf(x.g.out, format+"\n", args...)
	}
}

// keepBaselines takes the scores of the baselines, which are the same in each fit.
func (x *comparison) keepBaselines(scores []inference.Score, part string) {
	x.table.Part, x.table.Baselines = part, nil
	for _, s := range scores {
		if isBaseline(s) {
			x.table.Baselines = append(x.table.Baselines, s)
		}
	}
}

// finish saves and prints the table.
func (x *comparison) finish() error {
	if err := x.save(); err != nil {
		return err
	}
	if x.g.JSON {
		return json.NewEncoder(x.g.out).Encode(struct {
			Event string `json:"event"`
			comparedTable
			Out string `json:"out"`
		}{"compared", x.table, x.dir})
	}
	x.print()
	return nil
}

// save writes the table, as far as it is.
func (x *comparison) save() error {
	text, err := json.MarshalIndent(x.table, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(x.dir, compareJSON), append(text, '\n'), 0o666); err != nil {
		return fmt.Errorf("save the comparison: %w", err)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.WriteAll(x.table.records()) // a Builder takes everything
	if err := os.WriteFile(filepath.Join(x.dir, compareCSV), []byte(b.String()), 0o666); err != nil {
		return fmt.Errorf("save the comparison: %w", err)
	}
	return nil
}

// latents is the latents that there are errors of.
func (t *comparedTable) latents() []string {
	all := map[string]bool{}
	for _, x := range t.Trials {
		for name := range x.RMSE {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// records is the table with a line for each fit and each baseline.
func (t *comparedTable) records() [][]string {
	latents := t.latents()
	head := []string{"guide", "seed", "bound", "bound_error", "nll", "nll_error", "gap"}
	for _, z := range latents {
		head = append(head, "rmse_"+z)
	}
	rows := [][]string{append(head, "parameters", "seconds", "run", "failure", "fingerprint")}
	for _, x := range t.Trials {
		row := append([]string{x.Guide, fmt.Sprint(x.Seed)}, append(scoreCells(x.Bound), scoreCells(x.NLL)...)...)
		row = append(row, cell(x.gap()))
		for _, z := range latents {
			v, ok := x.RMSE[z]
			row = append(row, cell(v, ok))
		}
		rows = append(rows, append(row, fmt.Sprint(x.Parameters), fmt.Sprintf("%.1f", x.Seconds), x.Run, x.Failure, x.fingerprint()))
	}
	for _, s := range t.Baselines {
		row := append([]string{s.Name, "", "", ""}, scoreCells(&s)...)
		row = append(row, make([]string, len(head)-len(row)+4)...)
		rows = append(rows, append(row, s.Fingerprint))
	}
	return rows
}

// fingerprint tells the data of a fit's scores, or is empty without any.
func (t *trial) fingerprint() string {
	for _, s := range []*inference.Score{t.Bound, t.NLL} {
		if s != nil {
			return s.Fingerprint
		}
	}
	return ""
}

// scoreCells is a score and its error.
func scoreCells(s *inference.Score) []string {
	if s == nil {
		return []string{"", ""}
	}
	return []string{cell(s.Value, true), cell(s.Error, s.Error > 0)}
}

func cell(x float64, ok bool) string {
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.6g", x)
}

// print prints a line for each guide: means and, of several fits, their standard
// deviations.
func (x *comparison) print() {
	t := &x.table
	if len(t.Trials) == 0 {
		return
	}
	spread := ""
	if x.seeds > 1 {
		spread = fmt.Sprintf("; ± is the standard deviation over %d seeds", x.seeds)
	}
	if len(t.Baselines) > 0 {
		fmt.Fprintf(x.g.out, "\nScores on %s: %s, nats a frame, less is better%s\n", t.Part, sizeText(t.Baselines[0]), spread)
	}
	columns := []any{"", "negative bound (b)", "NLL (a)", "gap"}
	latents := t.latents()
	for _, z := range latents {
		columns = append(columns, "RMSE of "+z)
	}
	w := newTable(x.g.out, append(columns, "parameters", "seconds")...)
	for _, guide := range x.guides {
		if slices.ContainsFunc(t.Trials, func(x trial) bool { return x.Guide == guide }) { // else interrupted
			w.AppendRow(t.row(guide, latents))
		}
	}
	for _, s := range t.Baselines {
		w.AppendRow(table.Row{s.Name, "", number(s.Value)})
	}
	w.Render()
	if line := t.verdict(); line != "" {
		x.note("%s", line)
	}
	x.note("The table and the runs are in %s.", x.dir)
}

// row is a guide's line.
func (t *comparedTable) row(guide string, latents []string) table.Row {
	of := func(f func(x *trial) (float64, bool)) string { return meanText(t.of(guide, f)) }
	row := table.Row{guide, of(boundOf), of(func(x *trial) (float64, bool) { return valueOf(x.NLL) }), of((*trial).gap)}
	for _, z := range latents {
		row = append(row, of(func(x *trial) (float64, bool) { v, ok := x.RMSE[z]; return v, ok }))
	}
	size := ""
	for _, x := range t.Trials {
		if x.Guide == guide {
			size = fmt.Sprint(x.Parameters)
		}
	}
	seconds := t.of(guide, func(x *trial) (float64, bool) { return x.Seconds, x.Failure == "" })
	if len(seconds) == 0 {
		return append(row, size, "failed")
	}
	return append(row, size, fmt.Sprintf("%.1f", stat.Mean(seconds, nil)))
}

func boundOf(x *trial) (float64, bool) { return valueOf(x.Bound) }

func valueOf(s *inference.Score) (float64, bool) {
	if s == nil {
		return 0, false
	}
	return s.Value, true
}

// of is a number of each fit of a guide that has it.
func (t *comparedTable) of(guide string, f func(x *trial) (float64, bool)) (out []float64) {
	for i := range t.Trials {
		if x := &t.Trials[i]; x.Guide == guide {
			if v, ok := f(x); ok {
				out = append(out, v)
			}
		}
	}
	return out
}

// meanText is the mean of numbers and, of several, their standard deviation.
func meanText(x []float64) string {
	switch len(x) {
	case 0:
		return ""
	case 1:
		return number(x[0])
	}
	mean, sd := stat.MeanStdDev(x, nil)
	return number(mean) + " ± " + number(sd)
}

// verdict names the guide with the least negative bound, and how far the others
// are behind it.
func (t *comparedTable) verdict() string {
	means, best := map[string]float64{}, ""
	var order []string
	for _, x := range t.Trials {
		bounds := t.of(x.Guide, boundOf)
		if _, ok := means[x.Guide]; ok || len(bounds) == 0 {
			continue
		}
		means[x.Guide], order = stat.Mean(bounds, nil), append(order, x.Guide)
		if best == "" || means[x.Guide] < means[best] {
			best = x.Guide
		}
	}
	if len(order) < 2 {
		return ""
	}
	var behind []string
	for _, guide := range order {
		if guide != best {
			behind = append(behind, fmt.Sprintf("%s by %.4f", guide, means[guide]-means[best]))
		}
	}
	return fmt.Sprintf("%s has the best bound; behind it are %s.", best, strings.Join(behind, ", "))
}
