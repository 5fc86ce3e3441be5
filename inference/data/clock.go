package data

import (
	"math"
	"slices"
	"strings"

	"ssmc/lang/diag"
)

// sequenceName is the column that tells sequences apart.
const sequenceName = "sequence"

// clockNames are the columns that order rows, best first.
var clockNames = []string{"t", "time", "timestamp", "datetime", "date"}

// calendarNames index rows in other ways; they are no features.
var calendarNames = []string{
	"year", "quarter", "month", "week", "day", "hour", "minute", "second", "cycle",
	"years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds", "cycles",
}

// isIndexName reports whether a column is known to index rows.
func isIndexName(name string) bool {
	name = strings.ToLower(name)
	return name == sequenceName || slices.Contains(clockNames, name) || slices.Contains(calendarNames, name)
}

// unitSeconds is the length of each unit that a date can be turned into. A
// year is the Julian one, a month its twelfth.
var unitSeconds = map[string]float64{
	"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 7 * 86400,
	"month": 365.25 * 86400 / 12, "year": 365.25 * 86400,
}

// takeIndexColumns finds the columns for the sequence and the time.
func (m *matcher) takeIndexColumns(unit string) {
	m.sequence = m.takeIndex(sequenceName)
	names := clockNames
	if unit != "" {
		one := strings.TrimSuffix(unit, "s")
		names = []string{unit, one, one + "s", "time", "timestamp", "datetime", "date", "t"}
	}
	for _, name := range names {
		if m.clock = m.takeIndex(name); m.clock >= 0 {
			return
		}
	}
}

// takeIndex takes the column called name, or else one called so in another case:
// beside t, T may be a temperature. It is -1 where there is none.
func (m *matcher) takeIndex(name string) int {
	for _, same := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		for i, n := range m.names {
			if !m.taken[i] && same(n, name) {
				m.taken[i] = true
				return i
			}
		}
	}
	return -1
}

// A clock reads the times of rows.
type clock struct {
	unit  string // as the model has it; "" = steps
	name  string // of the column
	col   int
	dated bool // the column holds dates
	plain bool // it holds numbers
	p     *problems
}

// read is the time of a row in the clock's unit; dates without a unit count
// days. It is NaN where the cell holds no time.
func (k *clock) read(c cell, at place) float64 {
	at.column = k.col + 1
	c = c.resolve()
	switch c.kind {
	case refused:
		return math.NaN()
	case number:
		if math.IsInf(c.num, 0) {
			break
		}
		k.plain = true
		return k.unmixed(c.num, c, at)
	case instant, label:
		if s, ok := c.asInstant(); ok {
			k.dated = true
			return k.unmixed(k.convert(s, at), c, at)
		}
	}
	k.p.errorf(diag.DataType, k.name, at, "write a number, or a date such as 2026-03-31 or 2026-03-31T14:05:00", "%s is %s, not a time", k.name, c)
	return math.NaN()
}

// unmixed is a time, which may not be a number where others are dates: there is no
// telling since when it counts.
func (k *clock) unmixed(time float64, c cell, at place) float64 {
	if k.plain && k.dated {
		k.p.errorf(diag.DataType, k.name, at, "write all times as dates, or all as numbers", "%s is %s, but the column holds both dates and numbers", k.name, c)
		return math.NaN()
	}
	return time
}

// convert turns seconds into the clock's unit.
func (k *clock) convert(seconds float64, at place) float64 {
	if k.unit == "" {
		return seconds / 86400
	}
	length, ok := unitSeconds[strings.TrimSuffix(strings.ToLower(k.unit), "s")]
	if !ok {
		k.p.errorf(diag.DataType, k.name, at, "write the times as numbers, or declare seconds, minutes, hours, days, weeks, months or years",
			"%s holds dates, which cannot be turned into %s", k.name, k.unit)
		return math.NaN()
	}
	return seconds / length
}
