package data

import (
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// writeParquet writes a flat table; columns with missing values are optional.
func writeParquet(w io.Writer, s *Set) error {
	out := parquet.NewGenericWriter[any](w, s.parquetSchema(), parquet.Compression(&parquet.Zstd))
	for i := range s.Sequences {
		q := &s.Sequences[i]
		for t := range q.Len {
			if _, err := out.WriteRows([]parquet.Row{q.parquetRow(s, t)}); err != nil {
				return err
			}
		}
	}
	return out.Close()
}

// orderedGroup is a Parquet group that keeps its columns in order; the plain one
// sorts them by name.
type orderedGroup struct {
	parquet.Group
	names []string
}

// Fields lists the columns in order.
func (g orderedGroup) Fields() []parquet.Field {
	fields := g.Group.Fields()
	at := make(map[string]int, len(g.names))
	for i, n := range g.names {
		at[n] = i
	}
	slices.SortFunc(fields, func(a, b parquet.Field) int { return at[a.Name()] - at[b.Name()] })
	return fields
}

func (s *Set) parquetSchema() *parquet.Schema {
	g := orderedGroup{parquet.Group{}, s.header()}
	g.Group[sequenceName] = parquet.String()
	g.Group["t"] = parquet.Int(64)
	g.Group["time"] = parquet.Leaf(parquet.DoubleType)
	if !s.timed() {
		delete(g.Group, "time")
	}
	for i, v := range s.Vars {
		node := v.parquetNode(s.incomplete(i))
		for _, name := range v.columnNames() {
			g.Group[name] = node
		}
	}
	return parquet.NewSchema("sequences", g)
}

func (v Var) parquetNode(optional bool) parquet.Node {
	node := parquet.Leaf(parquet.FloatType)
	if v.Kind != Real {
		node = parquet.Int(32)
	}
	if optional {
		node = parquet.Optional(node)
	}
	return node
}

// parquetRow is row t of a sequence.
func (q *Sequence) parquetRow(s *Set, t int) parquet.Row {
	row := parquet.Row{
		parquet.ByteArrayValue([]byte(q.ID)).Level(0, 0, 0),
		parquet.Int64Value(int64(t+1)).Level(0, 0, 1),
	}
	if s.timed() {
		row = append(row, parquet.DoubleValue(q.Times[t]).Level(0, 0, 2))
	}
	var buf []float32
	for v := range s.Vars {
		level := int(bit(s.incomplete(v)))
		buf = q.outRow(s.Vars, v, t, buf)
		for j, x := range buf {
			if q.hasAt(s.Vars, v, t, j) {
				row = append(row, s.Vars[v].parquetValue(x).Level(0, level, len(row)))
			} else {
				row = append(row, parquet.NullValue().Level(0, 0, len(row)))
			}
		}
	}
	return row
}

func (v Var) parquetValue(x float32) parquet.Value {
	if v.Kind != Real {
		return parquet.Int32Value(int32(x))
	}
	return parquet.FloatValue(x)
}
