package ptxemu

import (
	"fmt"
)

// builder makes a kernel, and what it calls, into one list of instructions.
type builder struct {
	m     *Module
	p     *parser
	f     *Function
	order []*routine // callees first, the kernel last
	entry map[*routine]int
	back  map[*routine]int     // the row that holds where a function returns to
	place map[*variable]uint64 // rows, predicates, offsets
	rows  map[uint64]int       // constants
	names map[string]int       // special registers
	sink  int                  // the row that nobody reads
}

// build makes one kernel.
func build(m *Module, p *parser, r *routine) (f *Function, err error) {
	b := &builder{m: m, p: p, entry: map[*routine]int{}, back: map[*routine]int{}, place: map[*variable]uint64{},
		rows: map[uint64]int{}, names: map[string]int{},
		f: &Function{Name: r.name, m: m, limit: instructions, MaxThreads: r.maxThreads, exact: r.exact, Cluster: r.cluster}}
	if err := b.reachable(r, nil); err != nil {
		return nil, err
	}
	b.params(r)
	n := 0
	for _, r := range b.order {
		b.entry[r] = n
		n += len(r.body) + 1 // and a return at the end
		b.frame(r)
	}
	b.shared()
	b.sink = b.f.registers
	b.f.registers++
	b.f.rows, b.f.entry = b.f.registers, b.entry[r]
	for _, r := range b.order {
		if err := b.bindAll(r); err != nil {
			return nil, err
		}
	}
	return b.f, nil
}

// reachable lists what a routine calls, before it. Frames are laid out once, so
// a function that calls itself cannot be had.
func (b *builder) reachable(r *routine, callers []*routine) error {
	for _, c := range callers {
		if c == r {
			return fmt.Errorf("%s calls itself: recursion is not known here", r.name)
		}
	}
	for _, done := range b.order {
		if done == r {
			return nil
		}
	}
	for _, s := range r.body {
		if s.op != "call" {
			continue
		}
		callee := b.p.routines[s.callee()]
		if callee == nil || !callee.defined {
			return fmt.Errorf("line %d: %s: nothing defines %s", s.line, s.text, s.callee())
		}
		if err := b.reachable(callee, append(callers, r)); err != nil {
			return err
		}
	}
	b.order = append(b.order, r)
	return nil
}

// params lays out the parameters of the kernel.
func (b *builder) params(r *routine) {
	for _, v := range r.params {
		at := (b.f.paramBytes + v.align - 1) / v.align * v.align
		b.place[v] = paramWindow + uint64(at)
		b.f.Params = append(b.f.Params, Param{at, v.size})
		b.f.paramBytes = at + v.size
	}
}

// frame gives places to all that a routine declares.
func (b *builder) frame(r *routine) {
	if !r.kernel {
		b.back[r] = b.f.registers
		b.f.registers++
	}
	b.f.registers = allocate(r, b.f.registers, b.place)
	b.settle(r.scope)
	seen := map[*scope]bool{r.scope: true}
	for _, s := range r.body {
		for sc := s.scope; sc != nil && !seen[sc] && sc.up != nil; sc = sc.up {
			seen[sc] = true
			b.settle(sc)
		}
	}
}

// settle gives places to what one scope declares.
func (b *builder) settle(s *scope) {
	for _, name := range sorted(s.vars) {
		v := s.vars[name]
		if _, ok := b.place[v]; ok {
			continue
		}
		switch {
		case v.space == "reg" && v.kind.name == "pred":
			b.place[v] = uint64(b.f.preds)
			b.f.preds++
		case v.space == "local" || v.space == "param":
			b.place[v] = uint64(align(b.f.localBytes, v.align))
			b.f.localBytes = int(b.place[v]) + v.size
		}
	}
}

func align(n, to int) int { return (n + to - 1) / to * to }

// shared lays out the shared memory of the kernel: what it declares, then the
// module's that it or a callee names, and at the end what the launch adds.
func (b *builder) shared() {
	var open []*variable
	for _, v := range b.sharedVars() {
		if v.extern || v.size == 0 {
			open = append(open, v)
			continue
		}
		b.f.SharedBytes = align(b.f.SharedBytes, v.align)
		b.place[v] = uint64(b.f.SharedBytes)
		b.f.SharedBytes += v.size
	}
	for _, v := range open {
		b.f.SharedBytes = align(b.f.SharedBytes, max(v.align, 16))
	}
	for _, v := range open {
		b.place[v] = uint64(b.f.SharedBytes)
	}
}

// sharedVars lists the shared variables that instructions name, in their order.
func (b *builder) sharedVars() []*variable {
	var out []*variable
	seen := map[*variable]bool{}
	for _, r := range b.order {
		for _, s := range r.body {
			for _, a := range s.args {
				for _, w := range words(a) {
					if v := s.scope.variable(w); v != nil && v.space == "shared" && !seen[v] {
						seen[v] = true
						out = append(out, v)
					}
				}
			}
		}
	}
	return out
}

// bindAll makes the instructions of a routine.
func (b *builder) bindAll(r *routine) error {
	for _, s := range r.body {
		run, err := b.bind(r, s)
		if err != nil {
			return fmt.Errorf("line %d: %s: %w", s.line, s.text, err)
		}
		b.f.code = append(b.f.code, instr{run, s})
	}
	end := &stmt{line: r.line, text: "the end of " + r.name, op: "ret", scope: r.scope}
	run, err := b.bind(r, end)
	b.f.code = append(b.f.code, instr{run, end})
	return err
}

// constant gives the row that holds a number.
func (b *builder) constant(v uint64) int {
	row, ok := b.rows[v]
	if !ok {
		row = b.f.rows
		b.f.rows++
		b.rows[v] = row
		b.f.constants = append(b.f.constants, constant{row, v})
	}
	return row
}

// special gives the row that holds a special register.
func (b *builder) special(name string) (int, bool) {
	read, ok := specials[name]
	if !ok {
		return 0, false
	}
	row, ok := b.names[name]
	if !ok {
		row = b.f.rows
		b.f.rows++
		b.names[name] = row
		b.f.specials = append(b.f.specials, fixed{row, read})
	}
	return row, true
}
