package data

import (
	"fmt"
	"io"
	"strconv"
)

// npzRows streams the arrays of an archive side by side. A row has the cells of
// the frame arrays, then the static ones, then the name of the sequence.
type npzRows struct {
	t       *npzTable
	frames  []*arrayReader
	statics []*arrayReader
	ids     *arrayReader
	mask    *arrayReader
	row     []cell
	width   int // cells of the frame arrays
	line    int // rows of the frame arrays read, padding counted
	err     error
}

func (t *npzTable) rows(yield func(place, []cell) bool) {
	r := &npzRows{t: t, row: make([]cell, len(t.names))}
	defer r.close()
	r.open()
	for n := 0; n < t.count && r.err == nil; n++ {
		if !r.sequence(n, yield) {
			return
		}
	}
	if r.finish(); r.err != nil {
		t.wrong("reading stopped: %v", r.err)
	}
}

// open begins to read every array.
func (r *npzRows) open() {
	for _, a := range r.t.frames {
		r.frames = append(r.frames, r.begin(a, r.t.axes()))
		r.width += product(a.shape[r.t.axes():])
	}
	for _, a := range r.t.statics {
		r.statics = append(r.statics, r.begin(a, r.t.staticAxes(a)))
	}
	r.ids, r.mask = r.begin(r.t.ids, 1), r.begin(r.t.mask, 1)
}

func (r *npzRows) begin(a *array, axes int) *arrayReader {
	if a == nil || r.err != nil {
		return nil
	}
	out, err := a.read(axes)
	r.err = err
	return out
}

// all lists the readers that are open.
func (r *npzRows) all() []*arrayReader {
	var out []*arrayReader
	for _, list := range [][]*arrayReader{r.frames, r.statics, {r.ids, r.mask}} {
		for _, a := range list {
			if a != nil {
				out = append(out, a)
			}
		}
	}
	return out
}

func (r *npzRows) close() {
	for _, a := range r.all() {
		a.close()
	}
}

// finish reads the end of each array, where the archive's checksum is verified.
func (r *npzRows) finish() {
	for _, a := range r.all() {
		if _, err := a.r.Read(make([]byte, 1)); err != io.EOF && r.err == nil {
			r.err = fmt.Errorf("array %s does not end well: %w", a.array.name, err)
		}
	}
}

// sequence streams the steps of sequence n. It returns false when told to stop.
func (r *npzRows) sequence(n int, yield func(place, []cell) bool) bool {
	seen, length := r.steps(n)
	r.perSequence(n)
	for step := range max(r.t.padded, length) {
		if r.perStep(); r.err != nil {
			return true
		}
		if step < length && seen != nil && !seen[step] {
			clear(r.row[:r.width])
		}
		if step < length && !yield(place{line: r.line, starts: step == 0}, r.row) {
			return false
		}
	}
	return true
}

// steps is the length of sequence n, and which of its steps were observed, nil
// for all. The mask tells both where there are no lengths.
func (r *npzRows) steps(n int) (seen []bool, length int) {
	length = r.t.padded
	if r.mask != nil {
		seen, length = r.readMask()
		if length == 0 && r.err == nil {
			r.err = fmt.Errorf("the mask leaves no step to sequence %d", n+1)
		}
	}
	if r.t.lengths == nil {
		return seen, length
	}
	if length > r.t.lengths[n] && r.mask != nil && r.err == nil {
		r.err = fmt.Errorf("the mask has sequence %d go on to step %d, and its length is %d", n+1, length, r.t.lengths[n])
	}
	return seen, r.t.lengths[n]
}

// readMask reads the mask of a sequence; its length is up to the last step seen.
func (r *npzRows) readMask() (seen []bool, length int) {
	b, err := r.next(r.mask)
	if err != nil {
		return nil, 0
	}
	for d := r.t.mask.dtype; len(b) > 0; b = b[d.size:] {
		seen = append(seen, d.cell(b).num != 0)
		if seen[len(seen)-1] {
			length = len(seen)
		}
	}
	return seen, length
}

// perSequence fills the cells of static arrays and of the sequence's name.
func (r *npzRows) perSequence(n int) {
	at := r.width
	for _, a := range r.statics {
		at = r.fill(a, at)
	}
	if at < len(r.row) {
		r.row[at] = cell{kind: label, text: strconv.Itoa(n + 1)}
		if r.ids != nil {
			r.fill(r.ids, at)
		}
	}
}

// perStep fills the cells of frame arrays.
func (r *npzRows) perStep() {
	at := 0
	for _, a := range r.frames {
		at = r.fill(a, at)
	}
	r.line++
}

// fill writes a row of a into the cells from at on, and returns where it ends.
func (r *npzRows) fill(a *arrayReader, at int) int {
	b, err := r.next(a)
	if err != nil {
		return at
	}
	d := a.array.dtype
	for ; len(b) > 0; b = b[d.size:] {
		r.row[at] = d.cell(b)
		at++
	}
	return at
}

// next reads a row, keeping the first error.
func (r *npzRows) next(a *arrayReader) ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	b, err := a.next()
	if err != nil {
		r.err = fmt.Errorf("array %s: %w", a.array.name, err)
	}
	return b, r.err
}
