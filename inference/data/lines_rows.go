package data

import (
	"math"
	"slices"
	"strconv"

	"ssmc/lang/diag"
)

// settle names the columns when all objects have been seen.
func (t *linesTable) settle() {
	t.sequence = slices.ContainsFunc(t.keys, func(key string) bool { return t.wholeSequence(key, t.shape[key]) })
	for _, key := range t.keys {
		k := t.shape[key]
		k.at = len(t.names)
		if depth := t.componentDepth(key, k); depth > 0 {
			for j := range k.width[depth] {
				t.names = append(t.names, key+"_"+strconv.Itoa(j+1))
				if len(t.names) > maxColumns {
					return
				}
			}
		} else {
			t.names = append(t.names, key)
		}
	}
	if t.sequence && t.shape[sequenceName] == nil {
		t.names = append(t.names, sequenceName)
	}
}

// componentDepth is the depth of the arrays that hold components; 0 = none.
func (t *linesTable) componentDepth(key string, k *keyShape) int {
	switch {
	case k.depth == 2:
		return 2
	case k.depth == 1 && (k.static || !t.sequence):
		return 1
	}
	return 0
}

func (t *linesTable) rows(yield func(place, []cell) bool) {
	row := make([]cell, len(t.names))
	count := 0
	t.objects(func(line int, o []pair) bool {
		clear(row)
		count++
		if !t.sequence {
			t.fill(row, o, place{line: line})
			return yield(place{line: line}, row)
		}
		if t.shape[sequenceName] == nil {
			row[len(row)-1] = cell{kind: number, num: float64(count)}
		}
		return t.steps(row, o, line, yield)
	})
}

// fill sets the cells of all values that have no axis for time.
func (t *linesTable) fill(row []cell, o []pair, at place) {
	for _, p := range o {
		if k := t.shape[p.key]; !t.perStep(k) {
			t.put(row, k, p.key, p.value, at)
		}
	}
}

// perStep reports whether values so shaped have an entry for each step.
func (t *linesTable) perStep(k *keyShape) bool { return t.sequence && !k.static && k.depth > 0 }

// steps yields the rows of an object in sequence form.
func (t *linesTable) steps(row []cell, o []pair, line int, yield func(place, []cell) bool) bool {
	t.fill(row, o, place{line: line})
	lists, length, ok := t.lists(o, line)
	for i := 0; ok && i < length; i++ {
		at := place{line: line, step: i + 1, starts: i == 0}
		for _, l := range lists {
			t.put(row, l.shape, l.key, l.values[i], at)
		}
		if !yield(at, row) {
			return false
		}
	}
	return true
}

// A series is the values of one key, one a step.
type series struct {
	key    string
	shape  *keyShape
	values []any
}

// lists collects what has an entry for each step, all of the same length.
func (t *linesTable) lists(o []pair, line int) (out []series, length int, ok bool) {
	for _, p := range o {
		k := t.shape[p.key]
		values, isList := p.value.([]any)
		if !t.perStep(k) || p.value == nil {
			continue
		}
		if !isList {
			t.p.errorf(diag.DataRagged, p.key, place{line: line, column: k.at + 1}, "write an entry for each step",
				"%s is one value here, but an array elsewhere", shorten(p.key))
			return nil, 0, false
		}
		if len(out) == 0 {
			length = len(values)
		}
		if len(values) == length {
			out = append(out, series{p.key, k, values})
			continue
		}
		t.p.errorf(diag.DataRagged, "", place{line: line, column: k.at + 1}, "write an entry for each step, null where a value is missing",
			"%s has %s, but %s has %d", shorten(p.key), plural(len(values), "step", "steps"), shorten(out[0].key), length)
		return nil, 0, false
	}
	if length == 0 {
		t.p.errorf(diag.DataEmpty, "", place{line: line}, "leave the line out", "the sequence has no steps")
	}
	return out, length, length > 0
}

// put sets the cells of one value: a number, or an array of components.
func (t *linesTable) put(row []cell, k *keyShape, key string, value any, at place) {
	depth := t.componentDepth(key, k)
	list, isList := value.([]any)
	switch {
	case depth == 0:
		row[k.at] = t.cell(value, key, at)
	case isList:
		t.putList(row[k.at:k.at+k.width[depth]], list, key, at)
	case value == nil:
		clear(row[k.at : k.at+k.width[depth]])
	default:
		at.column = k.at + 1
		t.p.errorf(diag.DataRagged, key, at, "write an array of its components", "%s is one value here, but an array elsewhere", shorten(key))
		refuseAll(row[k.at : k.at+k.width[depth]])
	}
}

// refuseAll marks cells that have been reported.
func refuseAll(row []cell) {
	for i := range row {
		row[i] = cell{kind: refused}
	}
}

func (t *linesTable) putList(row []cell, list []any, key string, at place) {
	if len(list) != len(row) {
		at.column = t.shape[key].at + 1
		t.p.errorf(diag.DataRagged, key, at, "write null where a component is missing", "%s has %s here, but %d elsewhere", shorten(key),
			plural(len(list), "component", "components"), len(row))
		refuseAll(row)
		return
	}
	for j, x := range list {
		row[j] = t.cell(x, key, at)
	}
}

func (t *linesTable) cell(value any, key string, at place) cell {
	switch x := value.(type) {
	case nil:
		return cell{}
	case float64:
		return cell{kind: number, num: x, rounded: math.Abs(x) >= maxWhole}
	case bool:
		return cell{kind: truth, num: float64(bit(x))}
	case string:
		return cell{kind: label, text: x}
	}
	at.column = t.shape[key].at + 1
	t.p.errorf(diag.DataType, key, at, "write numbers, or arrays of numbers", "%s holds an object or an array too deep", shorten(key))
	return cell{kind: refused}
}
