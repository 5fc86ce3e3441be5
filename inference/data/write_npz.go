package data

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"
)

// writeNPZ writes ragged arrays: x of all frames, and lengths.
func writeNPZ(w io.Writer, s *Set) error {
	z := zip.NewWriter(w)
	for v := range s.Vars {
		if err := s.writeVariable(z, v); err != nil {
			return err
		}
	}
	if err := s.writeIndex(z); err != nil {
		return err
	}
	return z.Close()
}

// writeIndex writes the arrays that describe the others.
func (s *Set) writeIndex(z *zip.Writer) error {
	lengths := []byte{}
	for _, n := range s.Lengths() {
		lengths = binary.LittleEndian.AppendUint64(lengths, uint64(n))
	}
	if err := writeArray(z, "lengths", "<i8", []int{len(s.Sequences)}, lengths); err != nil {
		return err
	}
	if err := s.writeIDs(z); err != nil || !s.timed() {
		return err
	}
	times := []byte{}
	for i := range s.Sequences {
		for _, t := range s.Sequences[i].Times {
			times = binary.LittleEndian.AppendUint64(times, math.Float64bits(t))
		}
	}
	return writeArray(z, "time", "<f8", []int{s.Frames()}, times)
}

// writeIDs writes the names of the sequences as text of fixed width.
func (s *Set) writeIDs(z *zip.Writer) error {
	width := 1
	for i := range s.Sequences {
		width = max(width, utf8.RuneCountInString(s.Sequences[i].ID))
	}
	body := []byte{}
	for i := range s.Sequences {
		row := make([]byte, 0, 4*width)
		for _, c := range s.Sequences[i].ID {
			row = binary.LittleEndian.AppendUint32(row, uint32(c))
		}
		body = append(body, row[:4*width]...)
	}
	return writeArray(z, sequenceName, fmt.Sprintf("<U%d", width), []int{len(s.Sequences)}, body)
}

// writeVariable writes [frames,D], or [N,D] where the variable is static; a
// scalar has no second axis.
func (s *Set) writeVariable(z *zip.Writer, v int) error {
	x := s.Vars[v]
	shape := []int{s.Frames(), x.Size}
	if !x.perStep() {
		shape[0] = len(s.Sequences)
	}
	if x.Size == 1 {
		shape = shape[:1]
	}
	if s.fitsBytes(v) {
		return writeArray(z, x.Name, "|u1", shape, s.bytesOf(v))
	}
	return writeArray(z, x.Name, "<f4", shape, s.floatsOf(v))
}

// fitsBytes reports whether all of a variable is there, and is whole numbers
// that fit in a byte, as files have them.
func (s *Set) fitsBytes(v int) bool {
	for i := range s.Sequences {
		b := &s.Sequences[i].blocks[v]
		if b.present != nil {
			return false
		}
		for k := range b.len() {
			if x := b.at(k) + s.Vars[v].fileOffset(); x < 0 || x > 255 || x != float32(uint8(x)) {
				return false
			}
		}
	}
	return true
}

func (s *Set) bytesOf(v int) []byte {
	var out []byte
	for i := range s.Sequences {
		b := &s.Sequences[i].blocks[v]
		for k := range b.len() {
			out = append(out, uint8(b.at(k)+s.Vars[v].fileOffset()))
		}
	}
	return out
}

// floatsOf is a variable as 32-bit floats, NaN where a value is missing.
func (s *Set) floatsOf(v int) []byte {
	var out []byte
	for i := range s.Sequences {
		b := &s.Sequences[i].blocks[v]
		for k := range b.len() {
			x := b.at(k) + s.Vars[v].fileOffset()
			if !b.has(k) {
				x = float32(math.NaN())
			}
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(x))
		}
	}
	return out
}

// writeArray writes an entry in NumPy's format, version 1.0: the header is
// filled up with blanks to a multiple of 64 bytes.
func writeArray(z *zip.Writer, name, descr string, shape []int, body []byte) error {
	w, err := z.Create(name + ".npy")
	if err != nil {
		return err
	}
	sizes := strings.Trim(strings.ReplaceAll(fmt.Sprint(shape), " ", ", "), "[]")
	if len(shape) == 1 {
		sizes += ","
	}
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, sizes)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	head := append([]byte("\x93NUMPY\x01\x00"), byte(len(header)), byte(len(header)>>8))
	if _, err := w.Write(append(head, header...)); err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}
