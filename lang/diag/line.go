package diag

import (
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"
)

const (
	tabStop  = 4
	maxWidth = 110 // columns shown of a line
)

// A cell is a character as it is shown, with the marks that combine with it, and
// the column of the screen where it begins.
type cell struct {
	text   string
	column int
}

// A marked is a line of a source with a range of its cells marked. One more cell,
// empty, stands for the end of the line.
type marked struct {
	number   int
	cells    []cell
	from, to int // cells
}

// newMarked marks columns of a line of the source, counted in runes from 1: the
// last not included, or all that follow. A column of zero is the first that is
// not blank.
func newMarked(lines []string, number, column, end int, rest bool) marked {
	m := marked{number: number}
	var starts []int // of each rune, its cell
	m.cells, starts = cells(strings.TrimSuffix(lines[number-1], "\r"))
	at := func(column int) int { return starts[min(max(column, 1), len(starts))-1] }
	if column == 0 {
		for m.from < len(m.cells)-1 && m.cells[m.from].text == " " {
			m.from++
		}
	} else {
		m.from = at(column)
	}
	m.to = at(end)
	if rest {
		m.to = len(m.cells) - 1
	}
	m.to = max(m.to, min(m.from+1, len(m.cells)-1))
	return m
}

// widths measure as most terminals do, whatever the locale.
var widths = &runewidth.Condition{}

// cells cuts a line into cells. Tabs become blanks; what would move the cursor
// is replaced.
func cells(line string) (all []cell, starts []int) {
	column := 0
	for _, r := range line {
		text, wide := string(r), widths.RuneWidth(r)
		switch {
		case r == '\t':
			wide = tabStop - column%tabStop
			text = strings.Repeat(" ", wide)
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			text, wide = "\uFFFD", 1
		case wide == 0 && len(all) > 0:
			all[len(all)-1].text += text
			starts = append(starts, len(all)-1)
			continue
		}
		starts = append(starts, len(all))
		all = append(all, cell{text, column})
		column += wide
	}
	return append(all, cell{"", column}), append(starts, len(all))
}

// window is the part of the line to show, and where the carets go below it. Of a
// line that is too long it shows what is around the mark.
func (m marked) window() (text string, indent, carets int) {
	lo, hi := 0, len(m.cells)-1
	if m.cells[hi].column > maxWidth {
		lo, hi = m.around()
	}
	var b strings.Builder
	if lo > 0 {
		b.WriteString("…")
		indent = 1
	}
	for _, c := range m.cells[lo:hi] {
		b.WriteString(c.text)
	}
	if hi < len(m.cells)-1 {
		b.WriteString("…")
	}
	from, to := m.cells[m.from].column, m.cells[min(max(m.to, m.from), hi)].column
	return b.String(), indent + from - m.cells[lo].column, max(1, to-from)
}

// around is the range of cells to show of a line that is too long: a third of
// the width before the mark, and the rest from there on.
func (m marked) around() (lo, hi int) {
	lo, hi = m.from, m.from
	for lo > 0 && m.cells[m.from].column-m.cells[lo-1].column <= maxWidth/3 {
		lo--
	}
	for hi < len(m.cells)-1 && m.cells[hi+1].column-m.cells[lo].column <= maxWidth {
		hi++
	}
	return lo, hi
}

// oneLine keeps a message from breaking its line.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
