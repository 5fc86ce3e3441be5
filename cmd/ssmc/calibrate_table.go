package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"gonum.org/v1/gonum/stat"

	"ssmc/inference"
	"ssmc/inference/calibration"
)

// The files of a calibration.
const (
	calibrationJSON = "calibration.json"
	calibrationCSV  = "ranks.csv"
	calibrationSVG  = "ranks.svg"
)

// begin says what will be done.
func (x *calibrating) begin(dir string) {
	if x.g.JSON {
		return
	}
	s, size := x.workers[0].sim, ""
	if s.given == nil {
		size = fmt.Sprintf(" of %s of %s", count(s.sequences, "sequence"), count(s.length, "step"))
	}
	fmt.Fprintf(x.g.out, "%s with guide %s, posterior %s: %s%s, in %s\n", x.model, x.guide, x.workers[0].p.posteriorSetting(),
		count(x.n, "simulation"), size, dir)
}

// A calibrationTable is what a calibration found.
type calibrationTable struct {
	Model       string               `json:"model"`
	Guide       string               `json:"guide"`
	Seed        uint64               `json:"seed"`
	Simulations int                  `json:"simulations"`
	Failed      int                  `json:"failed"` // fits that broke off
	Sequences   int                  `json:"sequences"`
	Length      int                  `json:"length,omitempty"`
	Draws       int                  `json:"draws"`
	Parameters  []calibration.Report `json:"parameters"`
	Settings    []inference.Setting  `json:"settings"`
}

// trials is the trials of each number, by its place among the draws of a fit.
func (x *calibrating) trials() (names []string, list [][]calibration.Trial) {
	for i := range x.done {
		for k, d := range x.done[i].draws {
			if k == len(list) {
				names, list = append(names, d.Label), append(list, nil)
			}
			list[k] = append(list[k], calibration.Trial{Truth: x.done[i].truthOf(d), Draws: d.Values})
		}
	}
	return names, list
}

// truthOf is the true value of a number.
func (f *simulatedFit) truthOf(d inference.ParamDraws) float64 {
	for _, k := range f.truth {
		if k.Name == d.Name {
			return k.Values[d.Number]
		}
	}
	panic("the simulation has no " + d.Name)
}

// table sums up all simulations.
func (x *calibrating) table() (*calibrationTable, error) {
	s := x.workers[0].sim
	t := &calibrationTable{Model: x.model, Guide: x.guide, Seed: x.seed, Simulations: x.n, Sequences: s.sequences,
		Length: s.length, Draws: calibrationDraws, Settings: x.workers[0].p.config.Settings()}
	if s.given != nil {
		t.Sequences, t.Length = len(s.given.Train.Sequences), 0
	}
	first := ""
	for _, f := range x.done {
		if f.failure != "" {
			if t.Failed++; first == "" {
				first = f.failure
			}
		}
	}
	if x.n-t.Failed < 2 {
		return nil, fmt.Errorf("no fit ended well; the first says %s", first)
	}
	names, list := x.trials()
	for k, name := range names {
		t.Parameters = append(t.Parameters, calibration.Assess(name, list[k]))
	}
	return t, nil
}

// finish saves and prints what was found.
func (x *calibrating) finish(dir string) error {
	t, err := x.table()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	ranks, err := x.ranks()
	if err != nil {
		return err
	}
	svg, err := calibration.Plot(t.Parameters)
	if err != nil {
		return err
	}
	for name, data := range map[string][]byte{calibrationJSON: append(text, '\n'), calibrationCSV: ranks, calibrationSVG: svg} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			return fmt.Errorf("save the calibration: %w", err)
		}
	}
	if x.g.JSON {
		return json.NewEncoder(x.g.out).Encode(t)
	}
	x.print(t, dir)
	return nil
}

// ranks is a line for each number of each simulation.
func (x *calibrating) ranks() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"simulation", "seed", "parameter", "truth", "mean", "sd", "rank", "z"}}
	text := func(v float64) string { return strconv.FormatFloat(v, 'g', 8, 64) }
	for i := range x.done {
		f := &x.done[i]
		for _, d := range f.draws {
			t := calibration.Trial{Truth: f.truthOf(d), Draws: d.Values}
			mean, sd := stat.MeanStdDev(d.Values, nil)
			rows = append(rows, []string{fmt.Sprint(i + 1), fmt.Sprint(f.seed), d.Label, text(t.Truth), text(mean), text(sd), fmt.Sprint(t.Rank()), text(t.Z())})
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

// print writes the table for people.
func (x *calibrating) print(t *calibrationTable, dir string) {
	w := x.g.out
	fmt.Fprintf(w, "\nRanks of the true values among %d draws of their posteriors, in %s\n", t.Draws, count(t.Simulations-t.Failed, "simulation"))
	out := newTable(w, "", "chi-square", "p", "mean z", "sd z", "verdict")
	for _, r := range t.Parameters {
		out.AppendRow(table.Row{strings.TrimPrefix(r.Name, x.model+"."), fmt.Sprintf("%.1f", r.ChiSquare), fmt.Sprintf("%.3f", r.P),
			fmt.Sprintf("%+.2f", r.MeanZ), fmt.Sprintf("%.2f", r.SDZ), r.Verdict})
	}
	out.Render()
	if t.Failed > 0 {
		fmt.Fprintf(w, "%s broke off, and are left out.\n", count(t.Failed, "fit"))
	}
	bins := len(t.Parameters[0].Histogram)
	fmt.Fprintln(w, wrapped(fmt.Sprintf("p is that of a chi-square as large or larger in %d bins, where ranks are uniform. z is the rank as a normal quantile: "+
		"its mean is 0 and its sd 1 if posteriors are right. A mean above 0 is of estimates that are too low, an sd above 1 of posteriors that are too narrow. "+
		"Each test errs in one case of a hundred.", bins), 0))
	fmt.Fprintf(w, "The ranks are in %s, the plot in %s\n", filepath.Join(dir, calibrationCSV), filepath.Join(dir, calibrationSVG))
}
