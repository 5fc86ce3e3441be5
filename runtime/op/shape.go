package op

import "fmt"

// An Axis says what the rows of an array stand for.
type Axis uint8

// The axes, from the least to the most repeated: a value broadcasts upwards.
const (
	Once  Axis = iota // the same rows for every batch: parameters, constants
	Seq               // one row a sequence, [B,D]
	Frame             // one row a frame, [N,D], packed by a Layout
)

func (a Axis) String() string { return [...]string{"once", "seq", "frame"}[a] }

// A Shape is the static shape of an array: rows by columns. The rows of Seq
// and Frame arrays are counted by the batch; Rows is used by Once alone.
type Shape struct {
	Axis    Axis
	Sampled bool // one row for each of the K posterior samples
	Rows    int
	Cols    int
}

// Static is the shape of an array that does not depend on the batch.
func Static(rows, cols int) Shape { return Shape{Axis: Once, Rows: rows, Cols: cols} }

// PerSeq is the shape of an array with a row a sequence.
func PerSeq(cols int) Shape { return Shape{Axis: Seq, Cols: cols} }

// PerFrame is the shape of an array with a row a frame.
func PerFrame(cols int) Shape { return Shape{Axis: Frame, Cols: cols} }

// WithCols is s with another number of columns.
func (s Shape) WithCols(cols int) Shape { s.Cols = cols; return s }

// SameRows reports whether s and t have the same rows in every batch.
func (s Shape) SameRows(t Shape) bool {
	s.Cols = t.Cols
	if s.Axis != Once {
		s.Rows = t.Rows
	}
	return s == t
}

func (s Shape) String() string {
	rows := [...]string{fmt.Sprint(s.Rows), "B", "N"}[s.Axis]
	if s.Sampled {
		rows += "*K"
	}
	return fmt.Sprintf("[%s,%d]", rows, s.Cols)
}
