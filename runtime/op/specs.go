package op

import (
	"fmt"

	"ssmc/runtime/scalar"
)

// A Spec says what an op computes, as data: a backend turns it into kernels.
type Spec interface {
	Name() string
	// Infer is the shape of the result, or what is wrong with the inputs.
	Infer(in []Shape) (Shape, error)
	// Diff reports whether the result has a gradient by input i.
	Diff(i int) bool
	// Key tells specs of one name apart; equal keys compute the same.
	Key() string
}

// Affine is y = x W + c: x [rows,K]; W [K,D] Once, or [D,K] if TransW; the
// addend c, if there is a third input, is one Once row [1,D] or has x's rows.
type Affine struct{ TransW bool }

func (Affine) Name() string  { return "Affine" }
func (Affine) Diff(int) bool { return true }
func (a Affine) Key() string { return fmt.Sprint(a.TransW) }
func (a Affine) Infer(in []Shape) (Shape, error) {
	x, w := in[0], in[1]
	k, d := w.Rows, w.Cols
	if a.TransW {
		k, d = d, k
	}
	if w.Axis != Once || x.Cols != k {
		return Shape{}, fmt.Errorf("cannot multiply %v by %v", x, w)
	}
	y := x.WithCols(d)
	if len(in) == 3 && (in[2].Cols != d || !(in[2] == Static(1, d) || in[2].SameRows(x))) {
		return Shape{}, fmt.Errorf("cannot add %v to %v", in[2], y)
	}
	return y, nil
}

// A MapVar is one argument of a Map: columns Off to Off+Cols of its input,
// or the one column Off for all if Cols is 1. A Once input of one row serves
// every row.
type MapVar struct {
	Name string
	Off  int
	Cols int
}

// Map applies a formula element by element. With Sum, each row of results is
// added up to one number.
type Map struct {
	Formula *scalar.Expr
	Vars    []MapVar // one an input
	Sum     bool
}

func (*Map) Name() string  { return "Map" }
func (*Map) Diff(int) bool { return true }
func (m *Map) Key() string { return fmt.Sprint(m.Formula, m.Vars, m.Sum) }
func (m *Map) width() (d int) {
	d = 1
	for _, v := range m.Vars {
		d = max(d, v.Cols)
	}
	return d
}

func (m *Map) Infer(in []Shape) (Shape, error) {
	out := Static(1, m.width())
	for i, s := range in {
		v := m.Vars[i]
		switch {
		case v.Off+v.Cols > s.Cols, v.Cols != 1 && v.Cols != out.Cols:
			return out, fmt.Errorf("argument %s has columns %d to %d of %v, want %d", v.Name, v.Off, v.Off+v.Cols, s, out.Cols)
		case s.Axis == Once && s.Rows == 1:
		case out.Axis == Once && out.Rows == 1:
			out = s.WithCols(out.Cols)
		case !s.SameRows(out):
			return out, fmt.Errorf("argument %s is %v, want rows like %v", v.Name, s, out)
		}
	}
	if m.Sum {
		out.Cols = 1
	}
	return out, nil
}

// Lag shifts frames in time: row (t,b) of the result is row (t-By,b) of the
// first input. Before the start (after the end, if By < 0) it is the second
// input, Once [1,D] or Seq [B,D]; without one, the sequence's first (last) frame.
type Lag struct{ By int }

func (Lag) Name() string  { return "Lag" }
func (Lag) Diff(int) bool { return true }
func (l Lag) Key() string { return fmt.Sprint(l.By) }
func (l Lag) Infer(in []Shape) (Shape, error) {
	if in[0].Axis != Frame || l.By == 0 {
		return in[0], fmt.Errorf("no lag %d of %v", l.By, in[0])
	}
	if len(in) == 2 && (in[1].Cols != in[0].Cols || in[1].Axis == Frame || in[1].Axis == Seq && in[1].Sampled != in[0].Sampled) {
		return in[0], fmt.Errorf("%v cannot start %v", in[1], in[0])
	}
	return in[0], nil
}

// Splice takes the frames of time At (from 0) from its first input and all
// others from its second. The first may be Once [1,D] or Seq.
type Splice struct{ At int }

func (Splice) Name() string  { return "Splice" }
func (Splice) Diff(int) bool { return true }
func (s Splice) Key() string { return fmt.Sprint(s.At) }
func (s Splice) Infer(in []Shape) (Shape, error) {
	a, b := in[0], in[1]
	ok := a.Cols == b.Cols && b.Axis == Frame && (a.Axis == Once && a.Rows == 1 || a.Axis != Once && a.Sampled == b.Sampled)
	if !ok {
		return b, fmt.Errorf("cannot splice %v into %v", a, b)
	}
	return b, nil
}

// Expand gives a Seq or one-row Once array a row for each frame: [B,D] to [N,D].
type Expand struct{ To Shape } // the axis and samples wanted

func (Expand) Name() string  { return "Expand" }
func (Expand) Diff(int) bool { return true }
func (e Expand) Key() string { return e.To.String() }
func (e Expand) Infer(in []Shape) (Shape, error) {
	s := in[0]
	if s.Axis == Frame || s.Axis == Once && s.Rows != 1 || s.Axis == Seq && s.Sampled != e.To.Sampled {
		return s, fmt.Errorf("cannot expand %v to %v", s, e.To)
	}
	return e.To.WithCols(s.Cols), nil
}

// Hold repeats the first frame of every block of Every frames in time over the
// block: row (t,b) of the result is row (t - t mod Every, b), t from 0.
type Hold struct{ Every int }

func (Hold) Name() string  { return "Hold" }
func (Hold) Diff(int) bool { return true }
func (h Hold) Key() string { return fmt.Sprint(h.Every) }
func (h Hold) Infer(in []Shape) (Shape, error) {
	if in[0].Axis != Frame || h.Every < 1 {
		return in[0], fmt.Errorf("no blocks of %d in %v", h.Every, in[0])
	}
	return in[0], nil
}

// Tick is one at the first frame of every block of Every frames, and zero
// elsewhere: [N,1].
type Tick struct{ Every int }

func (Tick) Name() string                 { return "Tick" }
func (Tick) Diff(int) bool                { return false }
func (t Tick) Key() string                { return fmt.Sprint(t.Every) }
func (Tick) Infer([]Shape) (Shape, error) { return PerFrame(1), nil }

// Edge is the first frame of every sequence, or its last: [N,D] to [B,D].
type Edge struct{ Last bool }

func (Edge) Name() string  { return "Edge" }
func (Edge) Diff(int) bool { return true }
func (e Edge) Key() string { return fmt.Sprint(e.Last) }
func (Edge) Infer(in []Shape) (Shape, error) {
	s := in[0]
	if s.Axis != Frame {
		return s, fmt.Errorf("%v has no first or last frame", s)
	}
	s.Axis = Seq
	return s, nil
}

// Repeat gives every row K times over, one for each posterior sample.
type Repeat struct{}

func (Repeat) Name() string  { return "Repeat" }
func (Repeat) Diff(int) bool { return true }
func (Repeat) Key() string   { return "" }
func (Repeat) Infer(in []Shape) (Shape, error) {
	s := in[0]
	if s.Axis == Once || s.Sampled {
		return s, fmt.Errorf("cannot repeat %v", s)
	}
	s.Sampled = true
	return s, nil
}

// Concat sets its inputs, which share their rows, side by side.
type Concat struct{}

func (Concat) Name() string  { return "Concat" }
func (Concat) Diff(int) bool { return true }
func (Concat) Key() string   { return "" }
func (Concat) Infer(in []Shape) (Shape, error) {
	out := in[0]
	for _, s := range in[1:] {
		if !s.SameRows(out) {
			return out, fmt.Errorf("cannot set %v beside %v", s, out)
		}
		out.Cols += s.Cols
	}
	return out, nil
}

// Slice is columns Lo to Hi of its input.
type Slice struct{ Lo, Hi int }

func (Slice) Name() string  { return "Slice" }
func (Slice) Diff(int) bool { return true }
func (s Slice) Key() string { return fmt.Sprint(s.Lo, s.Hi) }
func (s Slice) Infer(in []Shape) (Shape, error) {
	if s.Lo < 0 || s.Hi > in[0].Cols || s.Lo >= s.Hi {
		return in[0], fmt.Errorf("no columns %d to %d in %v", s.Lo, s.Hi, in[0])
	}
	return in[0].WithCols(s.Hi - s.Lo), nil
}

// OneHot turns class numbers [rows,1], from 0, into indicator rows [rows,Classes].
type OneHot struct{ Classes int }

func (OneHot) Name() string  { return "OneHot" }
func (OneHot) Diff(int) bool { return false }
func (o OneHot) Key() string { return fmt.Sprint(o.Classes) }
func (o OneHot) Infer(in []Shape) (Shape, error) {
	if in[0].Cols != 1 {
		return in[0], fmt.Errorf("class numbers must be one column, not %v", in[0])
	}
	return in[0].WithCols(o.Classes), nil
}

// LogSoftmax normalises rows in log space: y = x - log sum exp x.
type LogSoftmax struct{}

func (LogSoftmax) Name() string                    { return "LogSoftmax" }
func (LogSoftmax) Diff(int) bool                   { return true }
func (LogSoftmax) Key() string                     { return "" }
func (LogSoftmax) Infer(in []Shape) (Shape, error) { return in[0], nil }

// Relax is softmax(x / Temperature), row by row: a class as indicators that are
// nearly zero and one (Jang et al. 2017; Maddison et al. 2017). At temperature
// zero it is one where x is the largest, and zero elsewhere.
type Relax struct{ Temperature float64 }

func (Relax) Name() string                    { return "Relax" }
func (Relax) Diff(int) bool                   { return true }
func (r Relax) Key() string                   { return fmt.Sprint(r.Temperature) }
func (Relax) Infer(in []Shape) (Shape, error) { return in[0], nil }

// Take picks from each row [rows,K] the column that the class number in the
// second input [rows,1] names. The first may be one Once row.
type Take struct{}

func (Take) Name() string    { return "Take" }
func (Take) Diff(i int) bool { return i == 0 }
func (Take) Key() string     { return "" }
func (Take) Infer(in []Shape) (Shape, error) {
	x, c := in[0], in[1]
	if c.Cols != 1 || !(x.SameRows(c) || x.Axis == Once && x.Rows == 1) {
		return c, fmt.Errorf("cannot take %v of %v", c, x)
	}
	return c, nil
}

// Const is a static array.
type Const struct {
	Rows, Cols int
	Data       []float64 // [Rows,Cols], or one number for all
}

func (*Const) Name() string                   { return "Const" }
func (*Const) Diff(int) bool                  { return false }
func (c *Const) Key() string                  { return fmt.Sprint(c.Rows, c.Cols, c.Data) }
func (c *Const) Infer([]Shape) (Shape, error) { return Static(c.Rows, c.Cols), nil }

// At is the element in row i, column j.
func (c *Const) At(i, j int) float64 {
	if len(c.Data) == 1 {
		return c.Data[0]
	}
	return c.Data[i*c.Cols+j]
}

// A Step is one instruction of a Scan: its operands are numbers of values, the
// Scan's inputs first and then the results of the steps in order. A Lag may
// name a later step: that is what makes a scan a scan.
type Step struct {
	Spec Spec
	In   []int
	Out  Shape
	Pos  string // where in the program it came from
}

// Scan runs Body once for each time in turn, on the rows of that time; from the
// end to the start with Rev. It results in the values numbered by Outs.
//
// The weights' gradients are taken after the loop, over all rows at once: the
// body's arrays hold every frame.
type Scan struct {
	Rev    bool
	Inputs []Shape
	Body   []Step
	Outs   []int
}

func (*Scan) Name() string  { return "Scan" }
func (*Scan) Diff(int) bool { return true }
func (s *Scan) Key() string { return fmt.Sprintf("%p", s) }

// Infer is the shape of the first result; Value gives the others.
func (s *Scan) Infer([]Shape) (Shape, error) { return s.Value(s.Outs[0]), nil }

// Value is the shape of the value numbered i.
func (s *Scan) Value(i int) Shape {
	if i < len(s.Inputs) {
		return s.Inputs[i]
	}
	return s.Body[i-len(s.Inputs)].Out
}
