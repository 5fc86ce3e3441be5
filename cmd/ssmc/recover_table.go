package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"gonum.org/v1/gonum/stat"

	"ssmc/inference"
)

// A recoveredTable is what a recovery found, number by number.
type recoveredTable struct {
	Model     string             `json:"model"`
	Guide     string             `json:"guide"`
	Sequences int                `json:"sequences"` // to learn from, of each fit
	Length    int                `json:"length,omitempty"`
	Seeds     []uint64           `json:"seeds"`
	Labels    []map[string][]int `json:"labels,omitempty"` // by seed: what each class is called in the fit, from 1
	Numbers   []recoveredNumber  `json:"numbers"`
	Failures  []string           `json:"failures,omitempty"`
}

// A recoveredNumber is one number of a parameter over all seeds.
type recoveredNumber struct {
	Name     string         `json:"name"`
	Truth    float64        `json:"truth"`
	Each     []float64      `json:"estimates"` // by seed
	Mean     float64        `json:"mean"`
	Bias     float64        `json:"bias"`
	SD       inference.Real `json:"sd"` // over seeds; null of one
	RMSE     float64        `json:"rmse"`
	Coverage inference.Real `json:"coverage"` // of 90 % intervals; null where fits tell no uncertainty

	param int
}

// head says what is recovered from what.
func (x *recovery) head() {
	if x.g.JSON {
		return
	}
	printKnown(x.g.out, x.known)
	parts := x.known.parts()
	if x.known.given == nil {
		x.note("%s of %s to learn from and %d to choose by, in %s", count(parts[0], "sequence"), count(x.known.length, "step"), parts[1], count(x.seeds, "fit"))
	}
	x.note("on %s, in %s", x.device, x.dir)
}

// results is what was found.
func (x *recovery) results() *recoveredTable {
	p := x.programs[0]
	out := &recoveredTable{Model: p.Model.Name, Guide: p.Model.Guide, Sequences: len(p.data.Train.Sequences), Failures: x.failure}
	if x.known.given == nil {
		out.Length = x.known.length
	}
	for _, f := range x.fits {
		out.Seeds = append(out.Seeds, f.Seed)
		if len(f.Labels) > 0 {
			out.Labels = append(out.Labels, fromOne(f.Labels))
		}
	}
	for i, q := range x.truths {
		for j := range q.Values {
			out.Numbers = append(out.Numbers, x.number(i, j))
		}
	}
	return out
}

// fromOne counts classes as programs do.
func fromOne(labels map[string][]int) map[string][]int {
	out := map[string][]int{}
	for name, order := range labels {
		for _, k := range order {
			out[name] = append(out[name], k+1)
		}
	}
	return out
}

// number is number j of truth i.
func (x *recovery) number(i, j int) recoveredNumber {
	q := x.truths[i]
	label := inference.ParamPosterior{Name: strings.TrimPrefix(q.Name, x.known.sim.Name+"."), Dims: q.Dims}
	out := recoveredNumber{Name: label.Label(j), Truth: q.Values[j], param: i, SD: inference.Real(math.NaN()), Coverage: inference.Real(math.NaN())}
	held, told, squares := 0, 0, 0.0
	for _, f := range x.fits {
		e := f.Values[i]
		out.Each = append(out.Each, e.Value[j])
		squares += (e.Value[j] - out.Truth) * (e.Value[j] - out.Truth)
		if e.Low == nil {
			continue
		}
		if told++; e.Low[j] <= out.Truth && out.Truth <= e.High[j] {
			held++
		}
	}
	n := len(out.Each)
	out.Mean = stat.Mean(out.Each, nil)
	out.Bias, out.RMSE = out.Mean-out.Truth, math.Sqrt(squares/float64(n))
	if n > 1 {
		out.SD = inference.Real(stat.StdDev(out.Each, nil))
	}
	if told > 0 {
		out.Coverage = inference.Real(float64(held) / float64(told))
	}
	return out
}

// finish saves and prints the table.
func (x *recovery) finish() error {
	if len(x.fits) == 0 {
		return nil
	}
	t := x.results()
	if err := x.keep(t); err != nil {
		return err
	}
	if x.g.JSON {
		return json.NewEncoder(x.g.out).Encode(struct {
			Event string `json:"event"`
			*recoveredTable
			Out string `json:"out"`
		}{"recovered", t, x.dir})
	}
	x.print(t)
	return nil
}

// keep writes the table.
func (x *recovery) keep(t *recoveredTable) error {
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	rows := [][]string{{"parameter", "truth", "mean", "bias", "sd", "rmse", "coverage"}}
	for _, n := range t.Numbers {
		rows = append(rows, []string{n.Name, cell(n.Truth, true), cell(n.Mean, true), cell(n.Bias, true), realCell(n.SD), cell(n.RMSE, true), realCell(n.Coverage)})
	}
	w.WriteAll(rows) // a Builder takes everything
	for name, content := range map[string]string{recoverJSON: string(text) + "\n", recoverCSV: b.String()} {
		if err := os.WriteFile(filepath.Join(x.dir, name), []byte(content), 0o666); err != nil {
			return fmt.Errorf("save the recovery: %w", err)
		}
	}
	return nil
}

func realCell(x inference.Real) string { return cell(float64(x), !math.IsNaN(float64(x))) }

// mostNumbers is how many numbers of a parameter are listed; of more a line tells
// the root mean squares.
const mostNumbers = 9

// print prints the table for people.
func (x *recovery) print(t *recoveredTable) {
	fmt.Fprintln(x.g.out)
	w := newTable(x.g.out, "", "truth", "mean", "bias", "sd", "RMSE", "90 % hold")
	for i, q := range x.truths {
		var own []recoveredNumber
		for _, n := range t.Numbers {
			if n.param == i {
				own = append(own, n)
			}
		}
		if len(own) > mostNumbers {
			w.AppendRow(summedRow(strings.TrimPrefix(q.Name, t.Model+"."), own))
			continue
		}
		for _, n := range own {
			w.AppendRow(table.Row{n.Name, number(n.Truth), number(n.Mean), number(n.Bias), sureText(n.SD), number(n.RMSE), shareText(n.Coverage)})
		}
	}
	w.Render()
	x.note("%s", wrapped(x.recoverLegend(t), 0))
	x.note("The table, the data and the runs are in %s.", x.dir)
}

// summedRow is a parameter of many numbers: their root mean squares.
func summedRow(name string, own []recoveredNumber) table.Row {
	bias, sd, rmse, held := 0.0, 0.0, 0.0, 0.0
	for _, n := range own {
		k := float64(len(own))
		bias, sd, rmse, held = bias+n.Bias*n.Bias/k, sd+float64(n.SD*n.SD)/k, rmse+n.RMSE*n.RMSE/k, held+float64(n.Coverage)/k
	}
	return table.Row{fmt.Sprintf("%s, %d numbers", name, len(own)), "", "", number(math.Sqrt(bias)), sureText(inference.Real(math.Sqrt(sd))), number(math.Sqrt(rmse)), shareText(inference.Real(held))}
}

func sureText(x inference.Real) string {
	if math.IsNaN(float64(x)) {
		return ""
	}
	return number(float64(x))
}

func shareText(x inference.Real) string {
	if math.IsNaN(float64(x)) {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*float64(x))
}

// recoverLegend says how the numbers came about.
func (x *recovery) recoverLegend(t *recoveredTable) string {
	text := fmt.Sprintf("Over %s of the data and of the start; RMSE is that of single fits.", count(len(t.Seeds), "seed"))
	for _, n := range t.Numbers {
		if len(x.truths[n.param].Values) > mostNumbers {
			text += " Of many numbers, root mean squares are told, each number is in " + recoverCSV + "."
			break
		}
	}
	for _, l := range x.known.sim.Labels() {
		text += fmt.Sprintf(" Which class of %s is called which is chance: they are matched with the truth in the order that fits best.", l.Latent)
	}
	return text
}
