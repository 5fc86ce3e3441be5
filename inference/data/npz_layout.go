package data

import "ssmc/lang/diag"

// layOut tells ragged from padded, and counts sequences.
func (t *npzTable) layOut() bool {
	first := t.telling()
	switch {
	case t.mask != nil && len(t.mask.shape) == 2:
		t.count, t.padded = t.mask.shape[0], t.mask.shape[1]
	case t.mask != nil:
		t.p.errorf(diag.DataRagged, "", place{}, "save mask as [N,T]", "mask has shape %v", t.mask.shape)
		return false
	case len(first.shape) >= 3:
		t.count, t.padded = first.shape[0], first.shape[1]
	case t.lengths == nil:
		t.count, t.lengths = 1, []int{first.shape[0]}
	case len(first.shape) == 2 && len(t.lengths) == first.shape[0] && sum(t.lengths) != first.shape[0]:
		t.count, t.padded = first.shape[0], first.shape[1]
	default:
		t.count = len(t.lengths)
	}
	return true
}

// telling is the array whose shape tells the layout: one that the model reads,
// or any if it names none; with three axes if there is such.
func (t *npzTable) telling() *array {
	best := t.frames[0]
	score := func(a *array) int {
		if t.schema.role(a.name) >= 0 {
			return 10 + len(a.shape)
		}
		return len(a.shape)
	}
	for _, a := range t.frames {
		if score(a) > score(best) {
			best = a
		}
	}
	return best
}

// sum adds lengths, each of which is at most the limit.
func sum(x []int) int {
	total := 0
	for _, n := range x {
		total += n
	}
	return total
}

// axes is the number of leading axes of a frame array.
func (t *npzTable) axes() int {
	if t.padded > 0 {
		return 2
	}
	return 1
}

// checkShapes checks that arrays, lengths and mask agree.
func (t *npzTable) checkShapes() bool {
	if t.lengths != nil && len(t.lengths) != t.count {
		t.ragged("lengths has %d entries, but there are %d sequences", len(t.lengths), t.count)
		return false
	}
	t.frames = t.keep(t.frames, t.fits)
	t.statics = t.keep(t.statics, func(a *array) bool { return t.staticAxes(a) >= 0 })
	if t.ids != nil && (len(t.ids.shape) != 1 || t.ids.shape[0] != t.count) {
		t.ragged("sequence has shape %v, but there are %s", t.ids.shape, plural(t.count, "sequence", "sequences"))
	}
	for n, l := range t.lengths {
		if t.padded > 0 && l > t.padded {
			t.p.errorf(diag.DataRagged, "lengths", place{line: n + 1, column: 1}, "", "sequence %d has length %d, but the arrays have %d steps", n+1, l, t.padded)
		}
	}
	return !t.p.failed()
}

func (t *npzTable) ragged(format string, args ...any) {
	t.p.errorf(diag.DataRagged, "", place{}, "", format, args...)
}

// keep keeps the arrays that fit, and refuses the others.
func (t *npzTable) keep(arrays []*array, fits func(*array) bool) []*array {
	var out []*array
	for _, a := range arrays {
		if fits(a) {
			out = append(out, a)
			continue
		}
		t.refuse(a, diag.DataRagged,
			"ragged arrays are [frames] or [frames,D] with lengths [N]; padded ones [N,T] or [N,T,D] with mask [N,T] or lengths; static ones [N] or [N,D]",
			"%s has shape %v, but there are %s", shorten(a.name), a.shape, t.layoutText())
	}
	return out
}

func (t *npzTable) layoutText() string {
	sequences := plural(t.count, "sequence", "sequences")
	if t.padded > 0 {
		return sequences + " of " + plural(t.padded, "step", "steps")
	}
	return sequences + " of " + plural(sum(t.lengths), "step", "steps") + " in all"
}

// fits reports whether the shape of a frame array agrees with the layout.
func (t *npzTable) fits(a *array) bool {
	if t.padded == 0 {
		return len(a.shape) <= 2 && a.shape[0] == sum(t.lengths)
	}
	return len(a.shape) >= 2 && len(a.shape) <= 3 && a.shape[0] == t.count && a.shape[1] == t.padded
}

// staticAxes is the number of leading axes of a static array, or -1 where its
// shape does not fit. A single sequence may do without the first axis.
func (t *npzTable) staticAxes(a *array) int {
	switch {
	case len(a.shape) > 0 && len(a.shape) <= 2 && a.shape[0] == t.count:
		return 1
	case t.count == 1 && len(a.shape) <= 1:
		return 0
	}
	return -1
}

// name lists the columns: x for a scalar, x_1 to x_D for a vector.
func (t *npzTable) name() {
	for _, a := range t.frames {
		t.nameArray(a.name, a.shape[t.axes():])
	}
	for _, a := range t.statics {
		t.nameArray(a.name, a.shape[t.staticAxes(a):])
	}
	if t.ids != nil || t.count > 1 {
		t.names = append(t.names, sequenceName)
	}
}

func (t *npzTable) nameArray(name string, rest []int) {
	if len(rest) == 0 {
		t.names = append(t.names, name)
		return
	}
	if len(t.names)+rest[0] > maxColumns {
		t.p.errorf(diag.DataHeader, "", place{}, "", "the arrays have more than %d columns", maxColumns)
		return
	}
	for j := range rest[0] {
		t.names = append(t.names, name+"_"+itoa(j+1))
	}
}

func (t *npzTable) columns() []string { return t.names }
