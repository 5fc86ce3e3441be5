package data

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
)

func writeCSV(w io.Writer, s *Set) error { return writeSeparated(w, s, ',') }
func writeTSV(w io.Writer, s *Set) error { return writeSeparated(w, s, '\t') }

func writeSeparated(w io.Writer, s *Set, comma rune) error {
	out := csv.NewWriter(w)
	out.Comma = comma
	if err := out.Write(s.header()); err != nil {
		return err
	}
	for i := range s.Sequences {
		q := &s.Sequences[i]
		for t := range q.Len {
			if err := out.Write(q.record(s, t)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}

// record is row t of a sequence as text; a missing value is empty.
func (q *Sequence) record(s *Set, t int) []string {
	out := []string{q.ID, strconv.Itoa(t + 1)}
	if s.timed() {
		out = append(out, strconv.FormatFloat(q.Times[t], 'g', -1, 64))
	}
	var buf []float32
	for v := range s.Vars {
		buf = q.outRow(s.Vars, v, t, buf)
		for j, x := range buf {
			text := ""
			if q.hasAt(s.Vars, v, t, j) {
				text = string(formatFloat(nil, x))
			}
			out = append(out, text)
		}
	}
	return out
}

// writeLines writes a sequence a line.
func writeLines(w io.Writer, s *Set) error {
	for i := range s.Sequences {
		line, err := s.Sequences[i].object(s)
		if err != nil {
			return err
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// object is the sequence as a JSON object on one line.
func (q *Sequence) object(s *Set) ([]byte, error) {
	var out bytes.Buffer
	id, err := json.Marshal(q.ID)
	if err != nil {
		return nil, err
	}
	out.WriteString(`{"sequence":`)
	out.Write(id)
	writeList(&out, `,"t":[`, q.Len, func(t int) { out.WriteString(strconv.Itoa(t + 1)) })
	if s.timed() {
		writeList(&out, `,"time":[`, q.Len, func(t int) { out.WriteString(strconv.FormatFloat(q.Times[t], 'g', -1, 64)) })
	}
	for v := range s.Vars {
		name, err := json.Marshal(s.Vars[v].Name)
		if err != nil {
			return nil, err
		}
		out.WriteByte(',')
		out.Write(name)
		q.writeValues(&out, s, v)
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

// writeValues writes a variable: an entry a step, or one if it is static.
func (q *Sequence) writeValues(out *bytes.Buffer, s *Set, v int) {
	if !s.Vars[v].perStep() {
		out.WriteByte(':')
		q.writeEntry(out, s, v, 0)
		return
	}
	writeList(out, ":[", q.Len, func(t int) { q.writeEntry(out, s, v, t) })
}

// writeEntry writes a scalar as a number and a vector as an array.
func (q *Sequence) writeEntry(out *bytes.Buffer, s *Set, v, t int) {
	row := q.outRow(s.Vars, v, t, nil)
	write := func(j int) {
		if q.hasAt(s.Vars, v, t, j) {
			out.Write(formatFloat(nil, row[j]))
		} else {
			out.WriteString("null")
		}
	}
	if s.Vars[v].Size == 1 {
		write(0)
		return
	}
	writeList(out, "[", len(row), write)
}

// writeList writes open, n items with commas between, and the closing bracket.
func writeList(out *bytes.Buffer, open string, n int, item func(i int)) {
	out.WriteString(open)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		item(i)
	}
	out.WriteByte(']')
}
