package data

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// gaps is the test of whether more than a step lies between rows q and r, or nil
// where rows need not be evenly spaced, because the model uses the time between
// them, or a time could not be read. A step is the smallest difference in the file, be it a time, a number
// of calendar months or a working day.
func (b *builder) gaps() func(q, r int) bool {
	if b.clock.unit != "" || slices.ContainsFunc(b.times, math.IsNaN) {
		return nil
	}
	if b.clock.dated {
		if f := b.monthGaps(); f != nil {
			return f
		}
		if b.workdays() {
			return func(q, r int) bool { return b.day(r).Sub(b.day(q)) != workdayStep(b.day(q)) }
		}
	}
	step := math.Inf(1)
	b.pairs(func(q, r int) {
		if d := b.times[r] - b.times[q]; d > 0 {
			step = min(step, d)
		}
	})
	room := b.slack(step)
	return func(q, r int) bool { return b.times[r]-b.times[q] > step+room }
}

// slack is how far even steps may differ: by the rounding of times that are
// written with few decimals (1969.0833, 1969.1667) or kept as 32-bit floats.
func (b *builder) slack(step float64) float64 {
	decimals, largest := 0, 0.0
	for _, t := range b.times {
		if t != math.Trunc(t) {
			largest = max(largest, math.Abs(t))
			decimals = max(decimals, decimalsOf(t))
		}
	}
	room := 1e-6*step + 2.5e-7*largest // eps of float32 is 1.2e-7, and two times differ
	if decimals >= 2 {
		room = max(room, 1.001*math.Pow10(-decimals))
	}
	return min(room, step/4)
}

// decimalsOf is the number of digits behind the point of t.
func decimalsOf(t float64) int {
	text := strconv.FormatFloat(t, 'f', -1, 64)
	return len(text) - 1 - strings.IndexByte(text, '.')
}

// day is the date of row r. Times of dates count days since 1970.
func (b *builder) day(r int) time.Time {
	return time.Unix(int64(math.Round(b.times[r]*86400)), 0).UTC()
}

// monthGaps is the test for dates that mostly lie whole months apart, in months;
// nil for others.
func (b *builder) monthGaps() func(q, r int) bool {
	step, whole, all := math.MaxInt, 0, 0
	b.pairs(func(q, r int) {
		all++
		if n := monthsBetween(b.day(q), b.day(r)); n > 0 {
			step = min(step, n)
			whole++
		}
	})
	if 2*whole <= all {
		return nil
	}
	return func(q, r int) bool { return monthsBetween(b.day(q), b.day(r)) != step }
}

const day = 24 * time.Hour

// monthsBetween is the number of calendar months from a to b, or 0 where that is
// not whole. The last day of a short month stands for the days it lacks.
func monthsBetween(a, b time.Time) int {
	if a.Sub(a.Truncate(day)) != b.Sub(b.Truncate(day)) {
		return 0
	}
	if a.Day() != b.Day() && !(a.Day() < b.Day() && lastOfMonth(a)) && !(b.Day() < a.Day() && lastOfMonth(b)) {
		return 0
	}
	return 12*(b.Year()-a.Year()) + int(b.Month()-a.Month())
}

func lastOfMonth(t time.Time) bool { return t.AddDate(0, 0, 1).Day() == 1 }

// workdays reports whether the dates are days from Monday to Friday, and some
// follow each other.
func (b *builder) workdays() bool {
	next := false
	b.pairs(func(q, r int) { next = next || b.day(r).Sub(b.day(q)) == day })
	for r := range b.times {
		if d := b.day(r).Weekday(); d == time.Saturday || d == time.Sunday {
			return false
		}
	}
	return next
}

// workdayStep is the time to the next working day.
func workdayStep(t time.Time) time.Duration {
	if t.Weekday() == time.Friday {
		return 3 * day
	}
	return day
}
