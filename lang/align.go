package lang

import (
	"reflect"
	"sort"
)

// A row is a statement that may be aligned with its neighbours: the lines it
// covers and, by the kind of column, the token that begins the column.
type row struct {
	first, last int
	role        string // neighbours of one role alone share the columns of types
	columns     columns
}

type columns map[string]place

// A place is a token of a sheet.
type place struct{ line, tok int }

// columnKinds are the columns there are, from left to right.
var columnKinds = []string{"name", "type", "relation", "net", "let", "setting", "guide", "prior", "with"}

// align widens gaps so that neighbouring statements of a kind share columns.
func (s *sheet) align(f *File) {
	a := &aligner{sheet: s}
	for i, l := range s.lines {
		for j, t := range l.toks {
			if t.Type != tokComment {
				a.offsets, a.places = append(a.offsets, t.Pos.Offset), append(a.places, place{i, j})
			}
		}
	}
	var rows []*row
	walk(reflect.ValueOf(f.Items), func(node any) {
		switch n := node.(type) {
		case *Item:
			rows = append(rows, a.guide(n))
		case *Stmt:
			rows = append(rows, a.stmt(n))
		case *Setting:
			rows = append(rows, a.row(n.Pos.Offset, n.EndPos.Offset, columns{"setting": a.before(n.Value.Pos.Offset)}))
		case *QueryStmt:
			if n.Let != nil {
				rows = append(rows, a.row(n.Pos.Offset, n.EndPos.Offset, columns{"let": a.before(n.Let.Value.Pos.Offset)}))
			}
		case *Tupled:
			a.record(n)
		}
	})
	for _, kind := range columnKinds {
		a.alignKind(kind, rows)
	}
}

// An aligner finds the tokens of a sheet by their offsets.
type aligner struct {
	*sheet
	offsets []int
	places  []place
}

// at is the place of the first token at or after an offset.
func (a *aligner) at(offset int) place { return a.places[sort.SearchInts(a.offsets, offset)] }

// before is the place of the last token before an offset.
func (a *aligner) before(offset int) place { return a.places[sort.SearchInts(a.offsets, offset)-1] }

func (a *aligner) row(from, to int, c columns) *row {
	r := &row{first: a.at(from).line, last: a.before(to).line, columns: c}
	for kind, p := range c {
		if p.line != r.first {
			delete(c, kind)
		}
	}
	return r
}

func (a *aligner) guide(n *Item) *row {
	c := columns{}
	if g := n.Guide; g != nil {
		c["guide"] = a.at(g.Name.EndPos.Offset)
		if len(g.With) > 0 {
			c["with"] = a.before(g.With[0].Pos.Offset)
		}
	}
	return a.row(n.Pos.Offset, n.EndPos.Offset, c)
}

func (a *aligner) stmt(n *Stmt) *row {
	c, role := columns{}, "param"
	switch {
	case n.Decl != nil:
		role = n.Decl.Role.Text
		c["name"], c["type"] = a.at(n.Decl.Name.Pos.Offset), a.at(n.Decl.Type.Pos.Offset)
	case n.Param != nil:
		c["type"] = a.at(n.Param.Type.Pos.Offset)
		if n.Param.Prior != nil {
			c["prior"] = a.before(n.Param.Prior.Pos.Offset)
		}
	case n.Net != nil:
		c["net"] = a.before(n.Net.Value.Pos.Offset)
	case n.Let != nil:
		c["let"] = a.before(n.Let.Value.Pos.Offset)
	case n.Relation != nil:
		c["relation"] = a.before(n.Relation.Value.Pos.Offset)
	}
	r := a.row(n.Pos.Offset, n.EndPos.Offset, c)
	r.role = role
	return r
}

// alignKind aligns one column of each run of neighbours that have it.
func (a *aligner) alignKind(kind string, rows []*row) {
	var run []place
	var last *row
	for _, r := range rows {
		p, has := r.columns[kind]
		if !has {
			continue
		}
		if last != nil && !a.neighbours(last, r, kind) {
			a.level(run)
			run = nil
		}
		run, last = append(run, p), r
	}
	a.level(run)
}

func (a *aligner) neighbours(r, next *row, kind string) bool {
	return next.first == r.last+1 && !a.lines[next.first].blank && (kind != "type" || r.role == next.role)
}

// level widens the gaps before tokens so that all begin in one column.
func (a *aligner) level(run []place) {
	most := 0
	for _, p := range run {
		most = max(most, a.column(p))
	}
	for _, p := range run {
		a.lines[p.line].toks[p.tok].gap += most - a.column(p)
	}
}

// column is the width of a line before a token's gap.
func (a *aligner) column(p place) int {
	text := 0
	for i, t := range a.lines[p.line].toks[:p.tok] {
		if i > 0 {
			text += t.gap
		}
		if breaksLine(t.Token) {
			text = 0
		}
		text += width(t.Value)
	}
	return text
}

// record aligns the values of a record that has each name on a line of its own.
func (a *aligner) record(n *Tupled) {
	most := 0
	var run []place
	for i, arg := range n.Items {
		if arg.Name == nil || i > 0 && a.at(arg.Pos.Offset).tok > 0 {
			return
		}
		run, most = append(run, a.at(arg.Name.EndPos.Offset)), max(most, width(arg.Name.Text))
	}
	for i, p := range run {
		a.lines[p.line].toks[p.tok].gap += most - width(n.Items[i].Name.Text)
	}
}
