package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/inference"
)

// mostEstimates is how many parameters are listed.
const mostEstimates = 20

// printEstimates writes the small parameters of a model.
func printEstimates(w io.Writer, list []inference.Value) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nParameters of the model\n")
	t := newTable(w, "", "estimate")
	for _, v := range list[:min(len(list), mostEstimates)] {
		t.AppendRow(table.Row{v.Name, valuesText(v)})
	}
	t.Render()
	if more := len(list) - mostEstimates; more > 0 {
		fmt.Fprintf(w, "and %d more, in params.safetensors\n", more)
	}
}

// valuesText is a number, or numbers with blanks between them; the rows of a
// matrix have semicolons between them.
func valuesText(v inference.Value) string {
	var b strings.Builder
	for i, x := range v.Values {
		switch n := len(v.Dims); {
		case i > 0 && n > 1 && i%v.Dims[n-1] == 0:
			b.WriteString("; ")
		case i > 0:
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%.4g", float64(x))
	}
	return b.String()
}

// printPosteriors writes the posteriors of parameters with priors, a row a number.
func printPosteriors(w io.Writer, list []inference.ParamPosterior) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nPosteriors of the parameters with priors\n")
	t := newTable(w, "", "mean", "sd", "5 %", "median", "95 %")
	rows, more := 0, 0
	for _, p := range list {
		for j := range p.Mean {
			if rows++; rows > mostEstimates {
				more++
				continue
			}
			t.AppendRow(table.Row{p.Label(j), realText(p.Mean[j]), realText(p.SD[j]), realText(p.Low[j]), realText(p.Median[j]), realText(p.High[j])})
		}
	}
	t.Render()
	if more > 0 {
		fmt.Fprintf(w, "and %d more, in posterior.csv\n", more)
	}
}

func realText(x inference.Real) string { return fmt.Sprintf("%.4g", float64(x)) }
