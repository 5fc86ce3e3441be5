package data

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
)

// Write writes a set to a file in the format of its extension, in a form that
// Open reads back to an equal fingerprint.
func Write(path string, s *Set) (err error) {
	f, err := formatOf(path)
	if err != nil {
		return err
	}
	if err := s.checkFinite(); err != nil {
		return fmt.Errorf("write data to %s: %w", path, err)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write data: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil && e != nil {
			err = fmt.Errorf("write data: %w", e)
		}
	}()
	w := bufio.NewWriterSize(file, 64<<10)
	if err = f.write(w, s); err == nil {
		err = w.Flush()
	}
	if err != nil {
		return fmt.Errorf("write data to %s: %w", path, err)
	}
	return nil
}

// checkFinite refuses what no file could be read back from.
func (s *Set) checkFinite() error {
	for i := range s.Sequences {
		q := &s.Sequences[i]
		for v := range q.blocks {
			for k, x := range q.blocks[v].floats {
				if x-x != 0 && q.blocks[v].has(k) {
					return fmt.Errorf("%s of sequence %s is %v at step %d", s.Vars[v].Name, q.ID, x, k/max(1, q.blocks[v].size)+1)
				}
			}
		}
	}
	return nil
}

// timed reports whether the sequences have times, worth a column beside t.
func (s *Set) timed() bool {
	return len(s.Sequences) > 0 && !slices.ContainsFunc(s.Sequences, func(q Sequence) bool { return q.Times == nil })
}

// incomplete reports whether a variable may lack values.
func (s *Set) incomplete(v int) bool {
	return s.Vars[v].Missing || slices.ContainsFunc(s.Sequences, func(q Sequence) bool { return q.blocks[v].present != nil })
}

// columnNames lists the columns of a variable: those that the model names, x, or
// x_1 to x_D.
func (v Var) columnNames() []string {
	if v.Columns != nil {
		return v.Columns
	}
	if v.Size == 1 {
		return []string{v.Name}
	}
	out := make([]string, v.Size)
	for j := range out {
		out[j] = v.Name + "_" + strconv.Itoa(j+1)
	}
	return out
}

// header lists the columns of the set in long form.
func (s *Set) header() []string {
	out := []string{sequenceName, "t"}
	if s.timed() {
		out = append(out, "time")
	}
	for _, v := range s.Vars {
		out = append(out, v.columnNames()...)
	}
	return out
}

// outRow is row t of a variable as files have it: classes from 1.
//
//	dst  [D]
func (q *Sequence) outRow(vars []Var, v, t int, dst []float32) []float32 {
	if !vars[v].perStep() {
		t = 0
	}
	dst = q.Rows(v, t, t+1, dst)
	for j := range dst {
		dst[j] += vars[v].fileOffset()
	}
	return dst
}

// fileOffset is what files add to the values in memory.
func (v Var) fileOffset() float32 {
	if v.Kind == OneOf {
		return 1
	}
	return 0
}

// hasAt reports whether component j of a variable is there in row t.
func (q *Sequence) hasAt(vars []Var, v, t, j int) bool {
	if !vars[v].perStep() {
		t = 0
	}
	return q.blocks[v].has(t*q.blocks[v].size + j)
}

// formatFloat writes the fewest digits that read back to x.
func formatFloat(dst []byte, x float32) []byte {
	return strconv.AppendFloat(dst, float64(x), 'g', -1, 32)
}

// Writable reports a path whose extension is not that of a format.
func Writable(path string) error {
	_, err := formatOf(path)
	return err
}
