package ptxemu

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// Random programs of loops and branches give what plain Go makes of them: values
// that share rows do not disturb each other.
func TestRowsAreShared(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for range 60 {
		p := &program{r: r}
		p.block(0, 6)
		d := textDevice(t, body(".reg .b32 %v<10>; .reg .b32 %c<9>; .reg .pred %q<9>;\n"+p.start()+p.text.String()+p.end()), "k")
		out := make([]uint32, 64)
		d.launch(Grid{1, 1, 1}, Block{64, 1, 1}, 0, give(d, out), give(d, out))
		for i, got := range out {
			if want := p.run(uint32(i)); got != want {
				t.Fatalf("thread %d has %#x, want %#x\n%s", i, got, want, p.text.String())
			}
		}
	}
}

// program is a random one, as PTX and as steps of plain Go. Ten values are made
// of the thread's number.
type program struct {
	r     *rand.Rand
	text  strings.Builder
	steps []func(v *[10]uint32)
	names int
}

func (p *program) start() string {
	var s strings.Builder
	for i := range 10 {
		fmt.Fprintf(&s, "mad.lo.u32 %%v%d, %%r1, %d, %d;\n", i, i+3, i*i)
	}
	return s.String()
}

func (p *program) end() string {
	return "mov.u32 %r2, 0;\n" + strings.Join([]string{sumOf(1), sumOf(4), sumOf(7)}, "") + "st.global.u32 [%rd3], %r2;"
}

// sumOf mixes one value into the result; the others may die early.
func sumOf(i int) string { return fmt.Sprintf("mad.lo.u32 %%r2, %%r2, 31, %%v%d;\n", i) }

func (p *program) run(thread uint32) uint32 {
	var v [10]uint32
	for i := range v {
		v[i] = thread*uint32(i+3) + uint32(i*i)
	}
	for _, s := range p.steps {
		s(&v)
	}
	return (v[1]*31+v[4])*31 + v[7]
}

// block adds n statements at a depth of loops.
func (p *program) block(depth, n int) {
	for range n {
		switch k := p.r.IntN(6); {
		case k == 0 && depth < 2:
			p.loop(depth)
		case k == 1 && depth < 2:
			p.branch(depth)
		default:
			p.sum()
		}
	}
}

func (p *program) sum() {
	d, x, y := p.r.IntN(10), p.r.IntN(10), p.r.IntN(10)
	fmt.Fprintf(&p.text, "mad.lo.u32 %%v%d, %%v%d, 5, %%v%d;\n", d, x, y)
	p.steps = append(p.steps, func(v *[10]uint32) { v[d] = v[x]*5 + v[y] })
}

// inner collects the steps of what stands between braces.
func (p *program) inner(depth int) []func(v *[10]uint32) {
	before := p.steps
	p.steps = nil
	p.block(depth+1, 1+p.r.IntN(4))
	steps := p.steps
	p.steps = before
	return steps
}

// loop runs as often as a value says, up to three times and by thread.
func (p *program) loop(depth int) {
	p.names++
	name, by := p.names, p.r.IntN(10)
	fmt.Fprintf(&p.text, "and.b32 %%c%d, %%v%d, 3;\nL%d: setp.eq.u32 %%q%d, %%c%d, 0;\n@%%q%d bra E%d;\n", depth, by, name, depth, depth, depth, name)
	steps := p.inner(depth)
	fmt.Fprintf(&p.text, "sub.u32 %%c%d, %%c%d, 1;\nbra L%d;\nE%d:\n", depth, depth, name, name)
	p.steps = append(p.steps, func(v *[10]uint32) {
		for range v[by] & 3 {
			for _, s := range steps {
				s(v)
			}
		}
	})
}

func (p *program) branch(depth int) {
	p.names++
	name, by := p.names, p.r.IntN(10)
	fmt.Fprintf(&p.text, "and.b32 %%r3, %%v%d, 4;\nsetp.eq.u32 %%q8, %%r3, 0;\n@%%q8 bra E%d;\n", by, name)
	steps := p.inner(depth)
	fmt.Fprintf(&p.text, "E%d:\n", name)
	p.steps = append(p.steps, func(v *[10]uint32) {
		if v[by]&4 == 0 {
			return
		}
		for _, s := range steps {
			s(v)
		}
	})
}

// A kernel that names many values has rows for those alone that are alive at once.
func TestFewRows(t *testing.T) {
	d := newDevice(t, "affine.ptx", "affine")
	named := 0
	for v := range d.f.code[0].s.scope.vars {
		if strings.HasPrefix(v, "%") && !strings.HasPrefix(v, "%p") {
			named++
		}
	}
	if named < 100 || d.f.registers > named/3 {
		t.Errorf("%d values in %d rows", named, d.f.registers)
	}
}
