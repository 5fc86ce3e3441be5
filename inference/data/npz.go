package data

import (
	"archive/zip"
	"slices"
	"strings"

	"ssmc/lang/diag"
)

// npzTable reads a NumPy archive. Arrays are ragged, [frames,D] with `lengths`
// [N], or padded, [N,T,D] with `mask` [N,T] or `lengths`; a scalar variable
// lacks the last axis. Static arrays are [N,D]. Without lengths a ragged array
// is one sequence. A row is numbered by its place in the leading axes, from 1.
type npzTable struct {
	in      input
	p       *problems
	schema  Schema
	names   []string
	frames  []*array // one row a step
	statics []*array // one row a sequence
	ids     *array
	lengths []int // nil: the mask tells
	mask    *array
	padded  int // T, 0 = ragged
	count   int // N
}

func openNPZ(in input, s Schema, p *problems) table {
	zr, err := zip.NewReader(in.data, in.size)
	if err != nil {
		p.errorf(diag.DataFormat, "", place{}, "save it with numpy.savez", "the file is not an NPZ archive: %v", err)
		return nil
	}
	t := &npzTable{in: in, p: p, schema: s}
	arrays := t.arrays(zr)
	if p.failed() || !t.sort(arrays) || !t.layOut() || !t.checkShapes() {
		return nil
	}
	if t.name(); p.failed() || !checkApart(t.names, p) {
		return nil
	}
	return t
}

// arrays reads the headers of all entries.
func (t *npzTable) arrays(zr *zip.Reader) []*array {
	var out []*array
	room := t.in.limit
	seen := map[string]bool{}
	for _, f := range zr.File {
		if !strings.HasSuffix(f.Name, ".npy") {
			t.wrong("the archive holds %s, which is no array", shorten(f.Name))
			continue
		}
		a, err := openArray(f, room)
		if err != nil {
			t.wrong("array %s %v", shorten(f.Name), err)
			continue
		}
		if room -= int64(f.UncompressedSize64); seen[a.name] {
			t.wrong("two arrays are called %s", shorten(a.name))
		}
		seen[a.name] = true
		if a.dtype.size == 0 {
			t.refuse(a, diag.DataType, "save plain numbers; ragged sequences as x of all frames, and lengths", "%s has elements of type %q", shorten(a.name), shorten(a.descr))
			continue
		}
		out = append(out, a)
	}
	return out
}

// wrong reports an archive that cannot be understood.
func (t *npzTable) wrong(format string, args ...any) {
	t.p.errorf(diag.DataFormat, "", place{}, "", format, args...)
}

// refuse reports an array that cannot be used: an error where the model or the
// layout needs it, otherwise a warning.
func (t *npzTable) refuse(a *array, code diag.Code, help, format string, args ...any) {
	if t.schema.role(a.name) >= 0 || slices.Contains(reserved, a.name) {
		t.p.errorf(code, "", place{}, help, format, args...)
		return
	}
	t.p.warnf(diag.UnusedColumn, place{}, help, "array "+format+"; the model does not use it", args...)
}

// reserved are the arrays that describe the others.
var reserved = []string{"lengths", "mask", sequenceName}

// role is the role of the variable called name, or -1 where the model has none.
func (s Schema) role(name string) Role {
	for _, v := range s.Vars {
		if v.Name == name {
			return v.Role
		}
	}
	return -1
}

// sort tells apart arrays by what they are for.
func (t *npzTable) sort(arrays []*array) bool {
	var lengths *array
	for _, a := range arrays {
		switch {
		case a.name == "lengths":
			lengths = a
		case a.name == "mask":
			t.mask = a
		case a.name == sequenceName:
			t.ids = a
		case t.schema.role(a.name) == Static || len(a.shape) == 0:
			t.statics = append(t.statics, a)
		default:
			t.frames = append(t.frames, a)
		}
	}
	if len(t.frames) == 0 {
		t.wrong("the archive holds no array with a row for each step")
		return false
	}
	return lengths == nil || t.readLengths(lengths)
}

func (t *npzTable) readLengths(a *array) bool {
	if len(a.shape) != 1 || !a.dtype.whole {
		t.p.errorf(diag.DataRagged, "", place{}, "save lengths as whole numbers, one a sequence", "lengths has shape %v", a.shape)
		return false
	}
	r, err := a.read(1)
	if err != nil {
		t.wrong("array lengths: %v", err)
		return false
	}
	defer r.close()
	total := 0.0
	for n := range a.shape[0] {
		b, err := r.next()
		if err != nil {
			t.wrong("array lengths: %v", err)
			return false
		}
		x := a.dtype.cell(b).num
		if total += x; x < 1 || total > float64(t.in.limit) {
			t.p.errorf(diag.DataEmpty, "lengths", place{line: n + 1, column: 1}, "a sequence has at least one step", "sequence %d has length %s", n+1, formatNumber(x))
			return false
		}
		t.lengths = append(t.lengths, int(x))
	}
	return !t.p.failed()
}
