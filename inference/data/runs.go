package data

import (
	"math"
	"slices"
	"strings"
)

// calendarRank orders the columns of a calendar from coarse to fine: a finer one
// may begin anew where a coarser one goes on. The others count the steps of a
// single sequence.
var calendarRank = map[string]int{
	"year": 0, "quarter": 1, "month": 2, "week": 3, "day": 4, "hour": 5, "minute": 6, "second": 7, "cycle": 8, "visit": 8,
}

// rankOf is the rank of a column called name, or -1.
func rankOf(name string) int {
	if r, ok := calendarRank[strings.TrimSuffix(strings.ToLower(name), "s")]; ok {
		return r
	}
	return -1
}

// runs follows the columns that the model does not use, where no column tells
// sequences apart: one of them may show that several were joined.
type runs struct {
	columns []run
	fall    *run // the first calendar column that goes back
	fallRow int
	from    float64
}

// A run is one unused column.
type run struct {
	column int
	name   string
	rank   int // in the calendar; -1 = not of it

	blocks bool // every value so far is one contiguous block
	starts []blockStart
	seen   map[string]bool
	rows   int

	num, before float64
	counts      bool // num is a number, and before was
}

// A blockStart is the row where a value first stands.
type blockStart struct {
	row   int
	value string
}

// maxBlocks bounds the values that are remembered of a column.
const maxBlocks = 1 << 18

func newRuns(m *match) runs {
	var out runs
	if m.sequence >= 0 || m.arrays {
		return out
	}
	for _, c := range m.unused {
		if name := m.names[c]; !slices.Contains(clockNames, strings.ToLower(name)) {
			out.columns = append(out.columns, run{column: c, name: name, rank: rankOf(name), blocks: true, seen: map[string]bool{}})
		}
	}
	return out
}

// add takes a row.
func (s *runs) add(r int, row []cell) {
	for i := range s.columns {
		s.columns[i].add(row[s.columns[i].column])
	}
	if s.fall != nil {
		return
	}
	for i := range s.columns {
		if k := &s.columns[i]; k.falls() && !s.carried(k.rank) {
			s.fall, s.fallRow, s.from = k, r, k.before
			return
		}
	}
}

// carried reports whether a calendar column coarser than rank went on.
func (s *runs) carried(rank int) bool {
	return slices.ContainsFunc(s.columns, func(k run) bool { return k.rank >= 0 && k.rank < rank && k.counts && k.num > k.before })
}

// finer reports whether there is a calendar column below rank.
func (s *runs) finer(rank int) bool {
	return slices.ContainsFunc(s.columns, func(k run) bool { return k.rank > rank })
}

func (k *run) falls() bool { return k.rank >= 0 && k.counts && k.num < k.before }

// add takes a cell.
func (k *run) add(c cell) {
	if !k.blocks && k.rank < 0 {
		return
	}
	c = c.resolve()
	had := k.rows > 0 && !math.IsNaN(k.num)
	k.before, k.num = k.num, math.NaN()
	if c.kind == number {
		k.num = c.num
	}
	k.counts = had && c.kind == number
	k.rows++
	if whole := c.kind == number && c.num == math.Trunc(c.num); k.blocks && !whole && c.kind != label {
		k.blocks, k.seen, k.starts = false, nil, nil
		return
	}
	k.block(c)
}

// block follows the values of the column as text.
func (k *run) block(c cell) {
	id := c.id()
	if n := len(k.starts); !k.blocks || n > 0 && id == k.starts[n-1].value {
		return
	}
	if k.seen[id] || len(k.seen) == maxBlocks {
		k.blocks, k.seen, k.starts = false, nil, nil
		return
	}
	id = strings.Clone(id) // the row's text does not outlive it
	k.starts, k.seen[id] = append(k.starts, blockStart{k.rows - 1, id}), true
}

// isBlocked reports whether the column is constant in two blocks or more, one of
// them longer than a row.
func (k *run) isBlocked() bool { return k.blocks && len(k.seen) > 1 && k.rows > len(k.seen) }

// ofCalendar reports whether k is a part of a calendar that runs on: year in a
// table by year and month.
func (s *runs) ofCalendar(k *run, ordered bool) bool {
	return k.rank >= 0 && (ordered || s.fall == nil && s.finer(k.rank))
}
