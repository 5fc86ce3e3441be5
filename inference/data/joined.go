package data

import (
	"math"
	"strconv"
	"strings"
	"time"

	"ssmc/lang/diag"
)

// isSwitch reports whether a column goes from 0 to 1 once: under a clock that
// never goes back it is a law that came into force, not a second sequence.
func (k *run) isSwitch() bool {
	return len(k.starts) == 2 && k.starts[0].value == "0" && k.starts[1].value == "1"
}

// checkJoined looks for signs that several sequences follow each other under no
// name, and reports whether it found one.
func (b *builder) checkJoined() bool {
	ordered := b.inOrder()
	for i := range b.runs.columns {
		k := &b.runs.columns[i]
		if !k.isBlocked() || b.runs.ofCalendar(k, ordered) || ordered && (k.isSwitch() || b.ofClock(k)) {
			continue
		}
		b.p.errorf(diag.DataSequence, k.name, place{line: 1, column: k.column + 1}, "rename it to sequence, or drop it",
			"the column %s is constant in blocks: is it the sequence?", k.name)
		return true
	}
	k := b.runs.fall
	if k == nil || ordered {
		return false
	}
	at := b.rows[b.runs.fallRow]
	b.p.errorf(diag.DataSequence, k.name, place{line: int(at.line), column: k.column + 1, step: int(at.step)},
		"tell the sequences apart with a column called sequence, or drop "+k.name,
		"%s goes back from %s: does another sequence begin here?", k.name, formatNumber(b.runs.from))
	return true
}

// inOrder reports whether a clock rises from row to row.
func (b *builder) inOrder() bool {
	for r := 1; r < len(b.times); r++ {
		if !(b.times[r] > b.times[r-1]) {
			return false
		}
	}
	return b.times != nil
}

// ofClock reports whether a column in blocks tells nothing that the clock does
// not: the year of a date, or the whole part of a time. The ends of each block
// tell, since time rises within it.
func (b *builder) ofClock(k *run) bool {
	for part := range max(len(dateParts), 1) {
		if b.agrees(k, part) {
			return true
		}
	}
	return false
}

// agrees reports whether every block of k has its value for the given part of
// the clock.
func (b *builder) agrees(k *run, part int) bool {
	for i, s := range k.starts {
		end := k.rows
		if i+1 < len(k.starts) {
			end = k.starts[i+1].row
		}
		if !b.isPart(s.row, part, s.value) || !b.isPart(end-1, part, s.value) {
			return false
		}
	}
	return true
}

// isPart reports whether value is the given part of the time of row r.
func (b *builder) isPart(r, part int, value string) bool {
	if !b.clock.dated {
		return value == formatNumber(math.Floor(b.times[r]))
	}
	s, ok := cell{kind: label, text: b.dates[r]}.asInstant()
	return ok && strings.EqualFold(value, dateParts[part](time.Unix(int64(s), 0).UTC()))
}

// dateParts are what a column beside a date may repeat of it.
var dateParts = []func(time.Time) string{
	func(t time.Time) string { return strconv.Itoa(t.Year()) },
	func(t time.Time) string { return t.Format("2006-01") },
	func(t time.Time) string { return t.Format("200601") },
	func(t time.Time) string { return t.Format("2006-01-02") },
	func(t time.Time) string { return strconv.Itoa(int(t.Month())) },
	func(t time.Time) string { return t.Format("Jan") },
	func(t time.Time) string { return t.Format("January") },
	func(t time.Time) string { return strconv.Itoa(quarter(t)) },
	func(t time.Time) string { return "Q" + strconv.Itoa(quarter(t)) },
	func(t time.Time) string { return strconv.Itoa(t.Day()) },
	func(t time.Time) string { return strconv.Itoa(t.YearDay()) },
	func(t time.Time) string { return strconv.Itoa(t.Hour()) },
	func(t time.Time) string { _, w := t.ISOWeek(); return strconv.Itoa(w) },
}

func quarter(t time.Time) int { return (int(t.Month()) + 2) / 3 }
