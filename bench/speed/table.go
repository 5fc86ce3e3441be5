package main

import (
	"fmt"
	"strings"
)

// markdown is the table of all rows: times of epochs or, in a trial, of updates.
// Of the peer it has the better number of threads, and says which.
func markdown(rows []row, trial bool) string {
	var b strings.Builder
	unit, of := "s an epoch", func(x result) float64 { return x.Seconds }
	if trial {
		unit, of = "ms an update", func(x result) float64 { return x.Millis }
	}
	fmt.Fprintf(&b, "%s, medians; the peer on its better number of threads, in parentheses; ratios are how much faster ssmc is, best by best\n\n", unit)
	b.WriteString("| work | peer, fused | peer, plain | ssmc, 1 thread | ssmc, 2 threads | over fused | over fused, 1 thread each | over plain | % of peak | MB: peer, ssmc |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		b.WriteString(r.text(of))
	}
	if len(rows) > 0 {
		machine, _, _ := strings.Cut(rows[0].runs[runner{"ssmc", 1}][0].Machine, ",")
		fmt.Fprintf(&b, "\nssmc on %s.\n", machine)
	}
	return b.String()
}

// text is a row of the table.
func (r *row) text(of func(result) float64) string {
	fused, plain, own := r.best("fused", of), r.best("plain", of), r.best("ssmc", of)
	at := func(impl string, threads int, of func(result) float64) float64 {
		return r.median(runner{impl, threads}, of)
	}
	bytes := func(x result) float64 { return x.Bytes / (1 << 20) }
	return fmt.Sprintf("| %s | %s (%d) | %s (%d) | %s | %s | %.2f | %.2f | %.2f | %.0f | %.0f, %.0f |\n", r.name,
		short(at("fused", fused, of)), fused, short(at("plain", plain, of)), plain, short(at("ssmc", 1, of)), short(at("ssmc", 2, of)),
		at("fused", fused, of)/at("ssmc", own, of), at("fused", 1, of)/at("ssmc", 1, of), at("plain", plain, of)/at("ssmc", own, of),
		at("ssmc", own, func(x result) float64 { return x.OfPeak }), at("fused", fused, bytes), at("ssmc", own, bytes))
}

// best is the number of threads with which impl is fastest.
func (r *row) best(impl string, of func(result) float64) int {
	if r.median(runner{impl, 2}, of) < r.median(runner{impl, 1}, of) {
		return 2
	}
	return 1
}

// short is a time with about three digits.
func short(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.3f", x)
}
