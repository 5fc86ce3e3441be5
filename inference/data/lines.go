package data

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"ssmc/lang/diag"
)

// linesTable reads JSON objects, one a line. In row form an object is a step:
//
//	{"sequence": "a", "t": 1, "x": [0, 1]}
//
// and in sequence form it is a whole sequence:
//
//	{"sequence": "a", "t": [1, 2], "x": [[0, 1], [1, 1]], "age": 30}
//
// A file is in sequence form where some object has an array of arrays, a time
// that is an array, or an array of several for what the model has as one number a
// step.
type linesTable struct {
	in       input
	p        *problems
	schema   Schema
	keys     []string // in the order of their first appearance
	shape    map[string]*keyShape
	sequence bool // sequence form
	names    []string
}

// keyShape is the form of the values of one key in the whole file.
type keyShape struct {
	depth  int    // 0 a number, 1 an array, 2 an array of arrays
	width  [3]int // longest array at each depth
	static bool
	at     int // first column
	line   int // where the key was last seen
}

func openLines(in input, s Schema, p *problems) table {
	t := &linesTable{in: in, p: p, schema: s, shape: map[string]*keyShape{}}
	head := make([]byte, min(in.size, 4096))
	n, _ := in.data.ReadAt(head, 0)
	if !checkText(head[:n], p) {
		return nil
	}
	count := 0
	t.objects(func(line int, o []pair) bool {
		count++
		t.learn(o, line)
		return len(t.keys) <= maxColumns
	})
	if count == 0 && !p.failed() {
		p.errorf(diag.DataEmpty, "", place{}, "write one JSON object a line", "the file is empty")
	}
	if p.failed() {
		return nil
	}
	t.settle()
	if len(t.names) > maxColumns {
		p.errorf(diag.DataHeader, "", place{}, "", "the table has %d columns; at most %d are read", len(t.names), maxColumns)
		return nil
	}
	if !checkApart(t.names, p) {
		return nil
	}
	return t
}

func (t *linesTable) columns() []string { return t.names }

// A pair is a key of an object and its value, as encoding/json decodes it.
type pair struct {
	key   string
	value any
}

// objects calls f with the object of each line until it returns false.
func (t *linesTable) objects(f func(line int, o []pair) bool) {
	r := bufio.NewReaderSize(skipMark(t.in.reader()), 64<<10)
	for line := 1; ; line++ {
		text, err := readLine(r, t.in.limit/lineMemory)
		if text = bytes.TrimSpace(text); len(text) > 0 {
			o, bad := parseObject(text)
			if bad != nil {
				t.syntax(line, bad)
				return
			}
			if !f(line, o) {
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				t.syntax(line, err)
			}
			return
		}
	}
}

// lineMemory is how much a line takes while it is read, a byte: "0," is two, and
// becomes a value of 24 in a list that grows.
const lineMemory = 32

// readLine reads a line of at most so many bytes, with its end.
func readLine(r *bufio.Reader, most int64) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if line = append(line, part...); int64(len(line)) > most {
			return nil, fmt.Errorf("the line has more than %d bytes", most)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

func (t *linesTable) syntax(line int, err error) {
	t.p.errorf(diag.DataFormat, "", place{line: line}, "write one JSON object a line, with null where a value is missing", "%v", err)
}

// parseObject reads one object, keeping the order of its keys.
func parseObject(text []byte) ([]pair, error) {
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("the line is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, fmt.Errorf("the line is not a JSON object")
	}
	var out []pair
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		p := pair{key: key.(string)}
		if err := d.Decode(&p.value); err != nil {
			return nil, fmt.Errorf("the value of %q: %w", shorten(p.key), err)
		}
		out = append(out, p)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more follows the object")
	}
	return out, nil
}

// learn takes note of the shapes of an object's values.
func (t *linesTable) learn(o []pair, line int) {
	for _, p := range o {
		k := t.shape[p.key]
		if k == nil {
			k = &keyShape{static: t.schema.role(p.key) == Static}
			t.shape[p.key] = k
			t.keys = append(t.keys, p.key)
		}
		if k.line == line {
			t.p.errorf(diag.DataFormat, "", place{line: line}, "give each value a key of its own", "the key %q comes twice", shorten(p.key))
		}
		k.line = line
		k.learn(p.value)
	}
}

func (k *keyShape) learn(value any) {
	list, ok := value.([]any)
	if !ok {
		return
	}
	k.depth = max(k.depth, 1)
	k.width[1] = max(k.width[1], len(list))
	for _, x := range list {
		if row, ok := x.([]any); ok {
			k.depth = 2
			k.width[2] = max(k.width[2], len(row))
		}
	}
}

// wholeSequence reports whether values so shaped mean sequence form.
func (t *linesTable) wholeSequence(key string, k *keyShape) bool {
	if k.static || k.depth == 0 {
		return false
	}
	return k.depth == 2 || isIndexName(key) || t.schema.scalar(key) && (k.width[1] != 1 || t.named())
}

// named reports whether objects name their sequences, and no times that are single
// ones. Else an array of one number is a vector of one component.
func (t *linesTable) named() bool {
	single := slices.ContainsFunc(t.keys, func(key string) bool {
		return key != sequenceName && isIndexName(key) && t.shape[key].depth == 0
	})
	return t.shape[sequenceName] != nil && !single
}

// scalar reports whether name is a variable with one number a step.
func (s Schema) scalar(name string) bool {
	return slices.ContainsFunc(s.Vars, func(v Var) bool { return v.Name == name && v.perStep() && v.Size == 1 })
}
