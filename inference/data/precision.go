package data

import (
	"math"
	"strconv"

	"ssmc/lang/diag"
)

// maxRounding is the largest rounding error, relative to the spread of a
// column's values, that passes without a word.
const maxRounding = 1e-6

// A rounding tells what a column of real numbers loses as 32-bit floats.
type rounding struct {
	low, high float64
	seen      bool
	worst     float64 // largest error of a value that is not kept as written
	whole     bool    // a whole number is among those
	first     place   // of those values
}

// add takes the number exact, which has been kept as x.
func (r *rounding) add(exact float64, x float32, at place) {
	kept := float64(x)
	if !r.seen {
		r.low, r.high, r.seen = kept, kept, true
	}
	r.low, r.high = min(r.low, kept), max(r.high, kept)
	e := math.Abs(exact - kept)
	whole := !r.whole && exact == math.Trunc(exact)
	if e == 0 || e <= r.worst && !whole || shortest(x) == exact {
		return
	}
	if r.worst == 0 {
		r.first = at
	}
	r.worst, r.whole = max(e, r.worst), r.whole || whole
}

// shortest is the decimal number of fewest digits that stands for x: the digits
// of a number that equals it have all been kept.
func shortest(x float32) float64 {
	out, err := strconv.ParseFloat(strconv.FormatFloat(float64(x), 'g', -1, 32), 64)
	if err != nil {
		return math.NaN()
	}
	return out
}

// matters reports whether whole numbers have changed, or differences between
// values have lost digits.
func (r *rounding) matters() bool {
	return r.whole || r.high > r.low && r.worst > maxRounding*(r.high-r.low)
}

// checkPrecision warns of each column that 32-bit floats do not hold.
func (b *builder) checkPrecision() {
	for v := range b.fillers {
		f := &b.fillers[v]
		for j := range f.rounded {
			if r := &f.rounded[j]; r.matters() {
				b.p.add(diag.Warning, groupKey{diag.DataPrecision, f.names[j]}, r.first,
					"subtract a constant from the values, or rescale them", "values of %s need more than 7 digits; they are rounded", []any{f.names[j]})
			}
		}
	}
}
