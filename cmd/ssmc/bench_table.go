package main

import (
	"fmt"
	"io"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
)

// A speedRow is a row of the table of speeds: what it is, and its text for one
// measurement.
type speedRow struct {
	name string
	text func(b *benched) string
}

var speedRows = []speedRow{
	{"ms an update, median", func(b *benched) string { return millis(b.Update(0.5)) }},
	{"  a tenth is faster than", func(b *benched) string { return millis(b.Update(0.1)) }},
	{"  a tenth is slower than", func(b *benched) string { return millis(b.Update(0.9)) }},
	{"frames a second", func(b *benched) string { return fmt.Sprintf("%.0f", b.FramesPerSecond()) }},
	{"seconds an epoch", func(b *benched) string { return significant(b.Epoch().Seconds()) }},
	{"GFLOP an update, mean", func(b *benched) string { return b.counted(b.gflop()) }},
	{"  of matrix products", func(b *benched) string { return b.counted(b.products()) }},
	{"GFLOP/s", func(b *benched) string { return b.counted(b.Rate() / 1e9) }},
	{"GFLOP/s at most, measured", func(b *benched) string { return b.counted(b.peak / 1e9) }},
	{"  percent of it", func(b *benched) string { return b.percentOfPeak() }},
	{"MB of arrays", func(b *benched) string { return megabytes(b.ArrayBytes) }},
	{"MB of parameters, gradient, moments", func(b *benched) string { return megabytes(b.ParameterBytes) }},
	{"MB of the program at most", func(b *benched) string { return megabytes(b.resident) }},
	{"ms from the program to the first update", func(b *benched) string { return millis(b.Start) }},
	{"allocations an update", func(b *benched) string { return significant(b.allocations()) }},
	{"updates timed", func(b *benched) string { return fmt.Sprint(len(b.Each)) }},
}

// gflop is the mean of an update, and products what of it is matrix products.
func (b *benched) gflop() float64    { return b.Flops().Total() / 1e9 / float64(len(b.Each)) }
func (b *benched) products() float64 { return b.Flops().Products / 1e9 / float64(len(b.Each)) }

// ofPeak is the rate in percent of the machine's peak.
func (b *benched) ofPeak() float64 {
	if b.peak == 0 {
		return 0
	}
	return 100 * b.Rate() / b.peak
}

func (b *benched) percentOfPeak() string {
	if b.peak == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", b.ofPeak())
}

// counts reports whether the device says how many operations it does: a GPU does not.
func (b *benched) counts() bool { return b.Flops().Total() > 0 }

// counted is a number of operations, or nothing where they are not known.
func (b *benched) counted(x float64) string {
	if !b.counts() {
		return ""
	}
	return significant(x)
}

func (b *benched) allocations() float64 { return float64(b.Mallocs) / float64(len(b.Each)) }

// printSpeeds writes a table with a column for each number of threads.
func printSpeeds(w io.Writer, done []*benched) {
	section(w, "Speed")
	columns := []any{""}
	for _, b := range done {
		columns = append(columns, count(b.threads, "thread"))
	}
	t := newTable(w, columns...)
	for _, r := range speedRows {
		row := table.Row{r.name}
		for _, b := range done {
			row = append(row, r.text(b))
		}
		t.AppendRow(row)
	}
	t.Render()
}

func millis(d time.Duration) string { return significant(1e3 * d.Seconds()) }

// significant is a number with three digits, but no fewer than those before the
// point.
func significant(x float64) string {
	switch {
	case x >= 100 || x == 0:
		return fmt.Sprintf("%.0f", x)
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.3g", x)
}

// megabytes is a size, or nothing where it is not known.
func megabytes(bytes int) string {
	if bytes == 0 {
		return ""
	}
	return significant(float64(bytes) / (1 << 20))
}
