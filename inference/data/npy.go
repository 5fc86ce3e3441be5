package data

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/sbinet/npyio/npy"
)

// An array is one NumPy array of an archive, described by its header.
type array struct {
	name    string
	shape   []int
	fortran bool   // the first index varies fastest
	descr   string // type of the elements, as NumPy writes it
	dtype   dtype  // size 0 = not known
	entry   *zip.File
}

// maxHeader bounds a NumPy header: its length is a claim of the file.
const maxHeader = 1 << 16

// openArray reads the header of an entry.
func openArray(f *zip.File, limit int64) (*array, error) {
	if f.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("unfolds to %d bytes, more than %d bytes", f.UncompressedSize64, limit)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	h, headerLen, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	a := &array{name: strings.TrimSuffix(f.Name, ".npy"), shape: h.Descr.Shape, fortran: h.Descr.Fortran, descr: h.Descr.Type, dtype: parseType(h.Descr.Type), entry: f}
	if a.dtype.size == 0 {
		return a, nil
	}
	return a, a.checkSize(int64(f.UncompressedSize64)-headerLen, limit)
}

// checkSize compares the header's shape with the bytes that the archive claims
// to hold.
func (a *array) checkSize(have, limit int64) error {
	want := int64(a.dtype.size)
	for _, n := range a.shape {
		if n < 1 {
			return fmt.Errorf("has shape %v: it is empty", a.shape)
		}
		if want > limit/int64(n) {
			return fmt.Errorf("has shape %v, more than %d bytes", a.shape, limit)
		}
		want *= int64(n)
	}
	if want != have {
		return fmt.Errorf("has shape %v, which takes %d bytes, but holds %d", a.shape, want, have)
	}
	return nil
}

// readHeader reads a NumPy header and its length in bytes. The length is
// checked first, for the parser believes it; what it does not foresee it
// answers with a panic.
func readHeader(r io.Reader) (h npy.Header, n int64, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("has a malformed header")
		}
	}()
	head := make([]byte, 12)
	if _, err := io.ReadFull(r, head[:10]); err != nil {
		return h, 0, errors.New("is no NumPy array: it is too short")
	}
	size, prefix := int64(binary.LittleEndian.Uint16(head[8:])), 10
	if head[6] >= 2 {
		if _, err := io.ReadFull(r, head[10:]); err != nil {
			return h, 0, errors.New("is no NumPy array: it is too short")
		}
		size, prefix = int64(binary.LittleEndian.Uint32(head[8:])), 12
	}
	if size > maxHeader {
		return h, 0, fmt.Errorf("has a header of %d bytes", size)
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r, body); err != nil {
		return h, 0, errors.New("ends within its header")
	}
	parsed, err := npy.NewReader(bytes.NewReader(append(head[:prefix:prefix], body...)))
	if err != nil {
		return h, 0, err
	}
	return parsed.Header, int64(prefix) + size, nil
}

func product(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// An arrayReader reads an array row by row, in C order. A row is what is left of
// the shape after the leading axes.
type arrayReader struct {
	array *array
	r     io.Reader
	close func() error
	size  int // bytes of a row
	row   []byte
}

// read begins to read a; rows have what follows the first axes axes.
func (a *array) read(axes int) (*arrayReader, error) {
	r, err := a.entry.Open()
	if err != nil {
		return nil, err
	}
	out := &arrayReader{array: a, r: bufio.NewReaderSize(r, 64<<10), close: r.Close}
	if _, _, err = readHeader(out.r); err == nil && a.fortran && len(a.shape) > 1 {
		out.r, err = a.transpose(out.r)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	out.size = product(a.shape[axes:]) * a.dtype.size
	return out, nil
}

// next reads a row; it is valid until the next call. For the first, memory grows
// with what is really there: a shape is a claim of the file.
func (r *arrayReader) next() ([]byte, error) {
	if len(r.row) == r.size {
		_, err := io.ReadFull(r.r, r.row)
		return r.row, err
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r.r, int64(r.size)); err != nil {
		return nil, err
	}
	r.row = b.Bytes()
	return r.row, nil
}

// transpose reads an array in Fortran order and gives its bytes in C order. It
// must hold the array twice; memory grows with what is really there.
func (a *array) transpose(r io.Reader) (io.Reader, error) {
	size := a.dtype.size
	want := product(a.shape) * size
	in, err := io.ReadAll(io.LimitReader(r, int64(want)+1)) // to the end, where the checksum is verified
	if err != nil {
		return nil, err
	}
	if len(in) != want {
		return nil, errors.New("it is shorter or longer than the archive says")
	}
	out := make([]byte, 0, len(in))
	index := make([]int, len(a.shape))
	for range len(in) / size {
		at, stride := 0, 1
		for k, n := range a.shape {
			at += index[k] * stride
			stride *= n
		}
		out = append(out, in[at*size:(at+1)*size]...)
		advance(index, a.shape)
	}
	return bytes.NewReader(out), nil
}

// advance counts index up in C order.
func advance(index, shape []int) {
	for k := len(index) - 1; k >= 0; k-- {
		if index[k]++; index[k] < shape[k] {
			return
		}
		index[k] = 0
	}
}

// A dtype reads one kind of NumPy element.
type dtype struct {
	size  int
	cell  func(b []byte) cell
	whole bool // integers or booleans
}

// parseType understands booleans, integers, floats and text; of anything else
// the size is 0.
func parseType(descr string) dtype {
	var order binary.ByteOrder = binary.LittleEndian
	kind := strings.TrimLeft(descr, "<=|")
	if rest, big := strings.CutPrefix(descr, ">"); big {
		order, kind = binary.BigEndian, rest
	}
	if d, ok := numericType(kind, order); ok {
		return d
	}
	digits, text := strings.CutPrefix(kind, "U")
	if n, err := strconv.Atoi(digits); text && err == nil && n > 0 && n <= maxHeader {
		return dtype{size: 4 * n, cell: func(b []byte) cell { return cell{kind: label, text: decodeText(b, order)} }}
	}
	return dtype{}
}

func numericType(kind string, o binary.ByteOrder) (dtype, bool) {
	num := func(size int, whole bool, f func(b []byte) float64) (dtype, bool) {
		return dtype{size, func(b []byte) cell { return cell{kind: number, num: f(b)} }, whole}, true
	}
	switch kind {
	case "b1", "?":
		return dtype{1, func(b []byte) cell { return cell{kind: truth, num: float64(min(b[0], 1))} }, true}, true
	case "u1":
		return num(1, true, func(b []byte) float64 { return float64(b[0]) })
	case "i1":
		return num(1, true, func(b []byte) float64 { return float64(int8(b[0])) })
	case "u2":
		return num(2, true, func(b []byte) float64 { return float64(o.Uint16(b)) })
	case "i2":
		return num(2, true, func(b []byte) float64 { return float64(int16(o.Uint16(b))) })
	case "u4":
		return num(4, true, func(b []byte) float64 { return float64(o.Uint32(b)) })
	case "i4":
		return num(4, true, func(b []byte) float64 { return float64(int32(o.Uint32(b))) })
	case "u8":
		return dtype{8, func(b []byte) cell { return wholeCell(o.Uint64(b)) }, true}, true
	case "i8":
		return dtype{8, func(b []byte) cell { return wholeCell(int64(o.Uint64(b))) }, true}, true
	case "f2":
		return num(2, false, func(b []byte) float64 { return float64(halfFloat(o.Uint16(b))) })
	case "f4":
		return num(4, false, func(b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) })
	case "f8":
		return num(8, false, func(b []byte) float64 { return math.Float64frombits(o.Uint64(b)) })
	}
	return dtype{}, false
}

// halfFloat reads an IEEE 754 half-precision number.
func halfFloat(h uint16) float64 {
	sign := 1.0
	if h&0x8000 != 0 {
		sign = -1
	}
	exponent, fraction := int(h>>10&31), float64(h&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// decodeText reads NumPy text: four bytes a character, filled up with zeros.
func decodeText(b []byte, o binary.ByteOrder) string {
	var out strings.Builder
	for ; len(b) >= 4; b = b[4:] {
		if c := o.Uint32(b); c != 0 {
			out.WriteRune(rune(c))
		}
	}
	return out.String()
}
