package data

import (
	"math"

	"ssmc/lang/diag"
)

// checkOrder checks that time rises in each sequence, and that no step is left
// out. It says nothing where rows were refused, for then their times are not
// known.
func (b *builder) checkOrder() {
	if b.times == nil || b.p.has(diag.DataRagged) || b.p.has(diag.DataFormat) {
		return
	}
	gap := b.gaps()
	b.pairs(func(q, r int) { b.checkPair(q, r, gap) })
}

// pairs calls f with the rows q and r that follow each other in a sequence.
func (b *builder) pairs(f func(q, r int)) {
	last := make([]int, len(b.ids)) // the row before of each sequence, plus 1
	for r, at := range b.rows {
		if q := last[at.sequence]; q > 0 {
			f(q-1, r)
		}
		last[at.sequence] = r + 1
	}
}

// checkPair compares the times of consecutive rows q and r of a sequence.
func (b *builder) checkPair(q, r int, gap func(q, r int) bool) {
	d := b.times[r] - b.times[q]
	at := place{line: int(b.rows[r].line), column: b.clock.col + 1, step: int(b.rows[r].step)}
	id, name := shorten(b.ids[b.rows[r].sequence]), b.clock.name
	switch {
	case d == 0:
		b.p.errorf(diag.DataOrder, name, at, b.orderHelp(), "%s = %s comes twice in sequence %s", name, b.timeText(r), id)
	case d < 0:
		b.p.errorf(diag.DataOrder, name, at, b.orderHelp(), "%s = %s comes after %s in sequence %s", name, b.timeText(r), b.timeText(q), id)
	case b.clock.unit != "" && (float32(d) == 0 || d > math.MaxFloat32):
		b.p.errorf(diag.NotFinite, name, at, "write the times in another unit", "%s goes from %s to %s in sequence %s, which is no 32-bit number apart",
			name, b.timeText(q), b.timeText(r), id)
	case gap != nil && gap(q, r):
		b.p.errorf(diag.DataGap, name, at,
			"add rows with empty fields and declare the variable missing, or leave the time column out if steps are to be taken as equal",
			"%s goes from %s to %s in sequence %s: rows are left out", name, b.timeText(q), b.timeText(r), id)
	}
}

// timeText is the time of row r as a message shows it: a date as written.
func (b *builder) timeText(r int) string {
	if r < len(b.dates) && b.dates[r] != "" {
		return b.dates[r]
	}
	return formatNumber(b.times[r])
}

func (b *builder) orderHelp() string {
	if b.m.sequence < 0 {
		return "sort the rows by time; if there are several sequences, tell them apart with a column called sequence"
	}
	return "sort the rows of each sequence by time"
}
