package inference

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ssmc/lang/diag"
)

// A field is one setting: where it lies in a Config, and what it may be.
type field struct {
	key      string
	also     []string // other names, of arguments without one
	fallback string
	doc      string
	at       func(*Config) any // *int, *uint64, *float64, *string or *bool
	in       bounds            // of a number
	choices  []string          // of a word
	needs    need              // of a setting that others can rob of its effect
}

// A need is met when the setting called key has one of the values or, where
// there are none, is above zero.
type need struct {
	key    string
	values []string
}

// met reports whether the setting may have a value.
func (n need) met(value string) bool {
	if n.values == nil {
		return value != "0"
	}
	return slices.Contains(n.values, value)
}

// text is what is needed, with or between the values.
func (n need) text(or string) string {
	if n.values == nil {
		return n.key + ">0"
	}
	return n.key + "=" + strings.Join(n.values, or)
}

// A Key documents one setting.
type Key struct {
	Name    string
	Type    string // what values are allowed, in words
	Default string
	Doc     string
	Needs   string // a setting without which this one has no effect: optimizer=adam
}

// Keys documents every setting.
func Keys() []Key {
	var out []Key
	for _, f := range fields {
		k := Key{f.key, f.allowed(), f.fallback, f.doc, ""}
		if f.needs.key != "" {
			k.Needs = f.needs.text("|")
		}
		out = append(out, k)
	}
	return append(out, penaltyKeys...)
}

// set parses text into the field of c.
func (f *field) set(c *Config, text string) error {
	ok := false
	switch p := f.at(c).(type) {
	case *string:
		if ok = slices.Contains(f.choices, text); ok {
			*p = text
		}
	case *bool:
		if ok = text == "true" || text == "false"; ok {
			*p = text == "true"
		}
	case *uint64:
		n, err := strconv.ParseUint(text, 10, 64)
		if ok = err == nil; ok {
			*p = n
		}
	case *int:
		n, whole := parseInt(text)
		if ok = whole && f.in.has(float64(n)); ok {
			*p = n
		}
	case *float64:
		x, err := strconv.ParseFloat(text, 64)
		if ok = err == nil && f.in.has(x); ok {
			*p = x
		}
	}
	if !ok {
		return fmt.Errorf("%s is %s, not %s%s", f.key, f.allowed(), text, f.hint(text))
	}
	return nil
}

// hint suggests the choice that text may have meant.
func (f *field) hint(text string) string {
	if near := diag.Suggest(text, f.choices); near != "" {
		return "; did you mean " + near + "?"
	}
	if name, _, call := strings.Cut(text, "("); call && slices.Contains(f.choices, name) {
		return fmt.Sprintf("; set %s=%s, and each argument by itself, as %s.NAME=VALUE", f.key, name, f.key)
	}
	return ""
}

// parseInt reads whole numbers, also as 2e3.
func parseInt(text string) (int, bool) {
	x, err := strconv.ParseFloat(text, 64)
	return int(x), err == nil && x == math.Trunc(x) && math.Abs(x) < 1<<53
}

// get is the field's value in c as text that set reads back.
func (f *field) get(c *Config) string {
	switch p := f.at(c).(type) {
	case *string:
		return *p
	case *bool:
		return strconv.FormatBool(*p)
	case *uint64:
		return strconv.FormatUint(*p, 10)
	case *int:
		return strconv.Itoa(*p)
	case *float64:
		return formatFloat(*p)
	}
	panic("a field of unknown type: " + f.key)
}

func formatFloat(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// allowed says in words what the field may be.
func (f *field) allowed() string {
	switch f.at(&Config{}).(type) {
	case *string:
		return orList(f.choices)
	case *bool:
		return "true or false"
	case *uint64:
		return "a whole number of at least 0"
	case *int:
		return "a whole number " + f.in.String()
	}
	return "a number " + f.in.String()
}

// orList is "a", "a or b", "a, b or c".
func orList(words []string) string {
	n := len(words) - 1
	if n == 0 {
		return words[0]
	}
	return strings.Join(words[:n], ", ") + " or " + words[n]
}

// bounds is a range of numbers.
type bounds struct {
	lo, hi         float64
	openLo, openHi bool
}

func atLeast(x float64) bounds { return bounds{lo: x, hi: math.Inf(1), openHi: true} }
func above(x float64) bounds   { return bounds{lo: x, hi: math.Inf(1), openLo: true, openHi: true} }

// fraction is from 0 to less than 1.
var fraction = bounds{lo: 0, hi: 1, openHi: true}

// has reports whether x lies within; NaN never does.
func (b bounds) has(x float64) bool {
	low := x > b.lo || x == b.lo && !b.openLo
	high := x < b.hi || x == b.hi && !b.openHi
	return low && high
}

func (b bounds) String() string {
	lo := "of at least " + formatFloat(b.lo)
	if b.openLo {
		lo = "above " + formatFloat(b.lo)
	}
	switch {
	case math.IsInf(b.hi, 1):
		return lo
	case b.openHi:
		return lo + " and below " + formatFloat(b.hi)
	}
	return lo + " and at most " + formatFloat(b.hi)
}
