package main

import (
	"context"
	"fmt"
	"io"
	"math"

	"github.com/guptarohit/asciigraph"
	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/inference"
	"ssmc/inference/data"
)

// scoreChecked takes the scores and checks the guide by importance samples: those
// that the likelihood is estimated with, unless a filter does that.
func scoreChecked(ctx context.Context, e *evaluation, f inference.Fitted, train, set *data.Set, c *inference.Config, exact []inference.Posterior, watch watcher) error {
	f.Progress = watch.of(fmt.Sprintf("guide by %d samples", c.Eval.NLLSamples))
	check, err := f.CheckGuide(ctx, set, c)
	if err != nil {
		return err
	}
	rest := *c
	if rest.Eval.NLL != "filter" {
		rest.Eval.NLL = "none" // the check has it
	}
	scores, err := scoresOf(ctx, f, train, set, &rest, watch)
	if err == nil {
		check.Exact, err = checkExact(ctx, f, set, c, exact, watch)
	}
	if rest.Eval.NLL == "none" {
		scores = append([]inference.Score{check.NLL}, scores...)
	}
	e.GuideCheck, e.Scores = check, scores
	return err
}

// printCheck writes what a check of the guide found. A terminal is also drawn a
// plot.
func printCheck(w io.Writer, part string, g *inference.GuideCheck) {
	if g.NLL.Samples == 0 {
		fmt.Fprintln(w, "\nThe latents are summed out: the likelihood is exact, and no guide stands between.")
		return
	}
	printGap(w, part, g)
	printWeights(w, g)
	printWorst(w, g)
	printKL(w, g.KL)
	printExact(w, g.Exact)
	if isTerminal(w) {
		plotKL(w, g.KL)
	}
}

// printGap writes the two bounds of the log likelihood, and what lies between.
func printGap(w io.Writer, part string, g *inference.GuideCheck) {
	fmt.Fprintf(w, "\nThe guide on %s, by %s of each sequence, nats a frame\n", part, count(g.NLL.Samples, "sample"))
	t := newTable(w, "", "mean", "± error")
	t.AppendRow(table.Row{"negative bound, sampled", number(g.Bound.Value), errorText(g.Bound)})
	t.AppendRow(table.Row{"negative log likelihood", number(g.NLL.Value), errorText(g.NLL)})
	t.AppendRow(table.Row{"gap: KL of the guide from the posterior", number(g.Gap.Value), number(g.Gap.Error)})
	t.Render()
}

// printWeights writes how even the importance weights are, and what follows.
func printWeights(w io.Writer, g *inference.GuideCheck) {
	fmt.Fprintf(w, "\nImportance weights of %s\n", count(len(g.Sequences), "sequence"))
	t := newTable(w, "", "least", "5 %", "median", "95 %", "most")
	t.AppendRow(quantileRow("effective samples", g.ESS, effectiveText))
	t.AppendRow(quantileRow("Pareto k-hat", g.KHat, kHatText))
	t.Render()
	if g.Readings[inference.Unknown] == 0 {
		fmt.Fprintln(w, limitsText(g))
	}
	fmt.Fprintln(w, wrapped(trust(g), 0))
}

// limitsText says what k-hat means, and how many sequences have which.
func limitsText(g *inference.GuideCheck) string {
	bad := g.Readings[inference.Untrusted]
	if g.Limit <= 0.5 {
		return fmt.Sprintf("With so few samples, k-hat is good below %.2f (%d) and above not to be trusted (%d).", float64(g.Limit), g.Readings[inference.Good], bad)
	}
	return fmt.Sprintf("k-hat is good below 0.50 (%d), usable below %.2f (%d) and above not to be trusted (%d).",
		g.Readings[inference.Good], float64(g.Limit), g.Readings[inference.Usable], bad)
}

func quantileRow(name string, q inference.Quantiles, text func(inference.Real) string) table.Row {
	row := table.Row{name}
	for _, x := range []inference.Real{q.Min, q.Low, q.Median, q.High, q.Max} {
		row = append(row, text(x))
	}
	return row
}

func effectiveText(x inference.Real) string { return fmt.Sprintf("%.1f", float64(x)) }

// kHatText is empty where too few samples tell nothing.
func kHatText(x inference.Real) string {
	if math.IsNaN(float64(x)) {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(x))
}

// trust says in words whether the likelihood can be trusted.
func trust(g *inference.GuideCheck) string {
	n := len(g.Sequences)
	bad := g.Readings[inference.Untrusted]
	switch {
	case g.Readings[inference.Unknown] == n:
		return fmt.Sprintf("Nothing tells whether the likelihood can be trusted: k-hat takes at least --samples %d.", inference.FewestForKHat)
	case bad == 0:
		return "As far as its samples can tell, the guide covers the posterior: the likelihood can be trusted."
	}
	return fmt.Sprintf("The likelihood of %d of %s is not to be trusted: a few samples decide it, the gap may be far wider, and the errors mean little."+
		" Where more --samples leave k-hat as it is, the guide misses part of the posterior: let it see more, or fit longer.", bad, count(n, "sequence"))
}

// listed is how many of the worst sequences are named.
const listed = 5

// printWorst names the sequences with the least even weights.
func printWorst(w io.Writer, g *inference.GuideCheck) {
	worst := g.Worst(listed)
	fmt.Fprintf(w, "\nThe least even weights\n")
	t := newTable(w, "sequence", "frames", "effective samples", "k-hat", "gap a frame")
	for _, q := range worst {
		t.AppendRow(table.Row{q.ID, q.Frames, effectiveText(inference.Real(q.ESS)), kHatText(q.KHat), number(q.Gap)})
	}
	t.Render()
}

// printKL writes where in time the KL is spent.
func printKL(w io.Writer, k inference.KLByTime) {
	fmt.Fprintf(w, "\nKL of the guide from the prior, by time: %s nats a frame in all\n", number(k.PerFrame))
	t := newTable(w, "steps", "sequences", "nats a frame", "share")
	for _, s := range k.Spans(10) {
		t.AppendRow(table.Row{stepsText(s), s.Sequences, number(s.PerFrame), fmt.Sprintf("%.1f %%", 100*s.Share)})
	}
	t.Render()
	if k.Timeless != 0 {
		fmt.Fprintf(w, "Latents without time take %s nats a sequence more.\n", number(k.Timeless))
	}
}

func stepsText(s inference.Span) string {
	if s.First == s.Last {
		return fmt.Sprint(s.First)
	}
	return fmt.Sprintf("%d to %d", s.First, s.Last)
}

// The size of a plot, in rows and columns beside its axis.
const (
	plotHeight = 8
	plotWidth  = 60
)

// plotKL draws the KL of each step.
func plotKL(w io.Writer, k inference.KLByTime) {
	if len(k.Steps) < 2 {
		return
	}
	plot := asciigraph.Plot(k.Steps, asciigraph.Height(plotHeight), asciigraph.Width(plotWidth),
		asciigraph.XAxisRange(1, float64(len(k.Steps))), asciigraph.XAxisValueFormatter(func(x float64) string { return fmt.Sprintf("%.0f", x) }),
		asciigraph.Caption("nats at each step, mean over sequences that last"))
	fmt.Fprintf(w, "\n%s\n", plot)
}
