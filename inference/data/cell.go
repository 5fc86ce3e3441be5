package data

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// cellKind says what a cell of a table holds.
type cellKind uint8

const (
	blank   cellKind = iota // nothing: a missing value
	number                  // num
	truth                   // num, 0 or 1, from a format that has booleans
	instant                 // num, seconds since 1970, from a format that has dates
	label                   // text, from a format that tells strings from numbers
	field                   // text, from a format that does not: perhaps a number
	refused                 // something that has been reported
)

// A cell is one entry of a table. Its text is valid until the next row.
type cell struct {
	kind    cellKind
	rounded bool // num may stand for another whole number beside it
	num     float64
	text    string // of a whole number that num does not hold, its digits
}

// maxWhole is from where on float64 does not hold all whole numbers.
const maxWhole = 1 << 53

// wholeCell is a whole number, whose digits are kept where num does not hold them:
// it may be the name of a sequence.
func wholeCell[I int64 | uint64](n I) cell {
	c := cell{kind: number, num: float64(n)}
	if math.Abs(c.num) >= maxWhole {
		c.text = fmt.Sprint(n)
	}
	return c
}

// blanks are the texts that stand for a missing value.
var blanks = map[string]bool{"": true, "na": true, "n/a": true, "nan": true, "null": true}

func isBlank(text string) bool { return len(text) <= 4 && blanks[strings.ToLower(text)] }

// resolve turns a field into what it looks like: a blank, a number or a label.
func (c cell) resolve() cell {
	switch c.kind {
	case field:
		return parseField(strings.TrimSpace(c.text))
	case number:
		if math.IsNaN(c.num) {
			return cell{}
		}
	case label:
		if c.text = strings.TrimSpace(c.text); isBlank(c.text) {
			return cell{}
		}
	}
	return c
}

// parseField reads decimal numbers; hexadecimal and digit groups are labels.
func parseField(text string) cell {
	if len(text) == 1 && text[0] >= '0' && text[0] <= '9' {
		return cell{kind: number, num: float64(text[0] - '0')}
	}
	if isBlank(text) {
		return cell{}
	}
	if x, err := strconv.ParseFloat(text, 64); decimal(text) && (err == nil || math.IsInf(x, 0)) {
		return cell{kind: number, num: x}
	}
	return cell{kind: label, text: text}
}

// decimal reports whether text may be a number a person would write, or an
// infinity, which is read as one so that it is refused by name.
func decimal(text string) bool {
	return !strings.ContainsAny(text, "xXpP_") && !strings.HasSuffix(strings.ToLower(text), "nan")
}

// id is the cell as the name of a sequence.
func (c cell) id() string {
	switch c.kind {
	case field, label:
		return strings.TrimSpace(c.text)
	case number, truth, instant:
		if c.text != "" {
			return c.text
		}
		return formatNumber(c.num)
	}
	return ""
}

// layouts are the dates and times that are understood in text.
var layouts = []string{
	time.RFC3339, "2006-01-02", "2006-01-02T15:04:05", "2006-01-02 15:04:05",
	"2006-01-02 15:04", "2006-01-02T15:04", "2006-01", "2006/01/02",
}

// asInstant reads a label that is a date, as seconds since 1970 in UTC.
func (c cell) asInstant() (float64, bool) {
	if c.kind == instant {
		return c.num, true
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, c.text); err == nil {
			return float64(t.Unix()) + float64(t.Nanosecond())/1e9, true
		}
	}
	return 0, false
}

// written is the cell as the file has it.
func (c cell) written() string {
	if c.kind == instant {
		return strings.TrimSuffix(c.String(), " 00:00:00")
	}
	return strings.Clone(shorten(c.id()))
}

// String shows the cell in a message.
func (c cell) String() string {
	switch c.kind {
	case number:
		return formatNumber(c.num)
	case truth:
		return strconv.FormatBool(c.num != 0)
	case instant:
		return time.Unix(int64(c.num), 0).UTC().Format(time.DateTime)
	case label, field:
		return strconv.Quote(shorten(c.text))
	}
	return "blank"
}

// shorten keeps messages on one line.
func shorten(text string) string {
	if r := []rune(text[:min(len(text), 200)]); len(r) > 40 {
		return string(r[:40]) + "..."
	}
	return text
}

// formatNumber writes whole numbers without an exponent.
func formatNumber(x float64) string {
	if x == math.Trunc(x) && math.Abs(x) < 1e15 {
		return strconv.FormatInt(int64(x), 10)
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func itoa(n int) string { return strconv.Itoa(n) }
