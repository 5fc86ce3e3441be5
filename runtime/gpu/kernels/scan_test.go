package kernels_test

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptxemu"
)

// frames is a batch of sequences, the longest first.
type frames struct {
	lens      []int32
	off, time []int32
	samples   int
	rev       bool
}

func newFrames(lens []int32, samples int, rev bool) *frames {
	f := &frames{lens: lens, off: []int32{0}, samples: samples, rev: rev}
	for t := range lens[0] {
		n := 0
		for n < len(lens) && lens[n] > t {
			n++
			f.time = append(f.time, t)
		}
		f.off = append(f.off, f.off[t]+int32(n))
	}
	return f
}

func (f *frames) rows() int { return len(f.time) * f.samples }

func (f *frames) axis() kernels.Axis {
	if f.samples > 1 {
		return kernels.Frame | kernels.Sampled
	}
	return kernels.Frame
}

// row is that of time t and sequence s, a number among samples of sequences.
func (f *frames) row(t, s int) int { return int(f.off[t])*f.samples + s }

func (f *frames) dims(b *bench) uint64 {
	return b.dims(kernels.Dims{
		K: int32(f.samples), T: f.lens[0], B: int32(len(f.lens)), N: int32(len(f.time)),
		Off: b.ints(f.off...), Len: b.ints(f.lens...), Time: b.ints(f.time...),
	})
}

// by is the LAG that looks at the step before.
func (f *frames) by() int32 {
	if f.rev {
		return -1
	}
	return 1
}

// walk calls step for the times of sequence s in the order of the loop, with the row of
// each and that of so many steps before, -1 where there is none.
func (f *frames) walk(s, steps int, step func(row, before int)) {
	var rows []int
	for i := range int(f.lens[s/f.samples]) {
		t := i
		if f.rev {
			t = int(f.lens[s/f.samples]) - 1 - i
		}
		rows = append(rows, f.row(t, s))
		if i < steps {
			step(rows[i], -1)
		} else {
			step(rows[i], rows[i-steps])
		}
	}
}

// all is the rows that have one a sequence.
func (f *frames) all() int { return len(f.lens) * f.samples }

// A body is what a scan does at each time, and what should come of it.
type body struct {
	ops      []kernels.Op
	sync     []int32
	products []kernels.Product
	outs     []*matrix
	want     func() [][]float64 // of outs, row-major
}

// do adds an op; sync says that all wait after it.
func (b *body) do(sync bool, o kernels.Op) {
	s := int32(0)
	if sync {
		s = 1
	}
	b.ops, b.sync = append(b.ops, o), append(b.sync, s)
	if o.Code == kernels.Affine {
		b.products = append(b.products, kernels.Product{int(o.N[0]), int(o.N[1])})
	}
}

// bigCard has the shared memory of an H100.
var bigCard = kernels.Card{Blocks: 132, Shared: 227 << 10}

// A form is how a scan is launched; the numbers do not depend on it.
type form struct {
	name    string
	cluster bool
	blocks  int
	deal    func(i, blocks int, p kernels.Product) kernels.Deal // nil: as planned
}

// lanesOf deals all columns to every set of n blocks, without weights in shared memory.
func lanesOf(n, first int) func(int, int, kernels.Product) kernels.Deal {
	return func(int, int, kernels.Product) kernels.Deal { return kernels.Deal{Kept: -1, First: first, Lanes: n} }
}

var forms = []form{
	{name: "one block", blocks: 1, deal: lanesOf(1, 0)},
	{name: "planned for one", blocks: 1},
	{name: "two blocks", blocks: 2, deal: lanesOf(2, 1)},
	{name: "three blocks, rows dealt", blocks: 3, deal: lanesOf(1, 2)},
	{name: "three blocks, one idle", blocks: 3, deal: lanesOf(2, 2)},
	{name: "planned for three", blocks: 3},
	{name: "clusters", cluster: true},
	{name: "clusters, nothing kept", cluster: true, deal: lanesOf(4, 3)},
}

// plan is the launch of a form.
func (f form) plan(t *testing.T, fr *frames, b *body) kernels.Plan {
	loop := kernels.Loop{Products: b.products, Ops: len(b.ops), Sequences: len(fr.lens), Samples: fr.samples, Elements: 1 << 20}
	p, ok := loop.Cluster(bigCard)
	if !f.cluster {
		p, ok = loop.Grid(kernels.Card{Blocks: f.blocks, Shared: bigCard.Shared}), true
	}
	if !ok || !f.cluster && p.Blocks != f.blocks {
		t.Fatalf("a plan of %d blocks, %v", p.Blocks, ok)
	}
	if f.deal != nil {
		for i := range p.Deals {
			p.Deals[i] = f.deal(i, p.Blocks, b.products[i])
		}
	}
	return p
}

// run runs a body and returns its results.
func (f form) run(b *bench, fr *frames, body *body, programs []ptx.Program, precision string) {
	p := f.plan(b.t, fr, body)
	i := 0
	for j := range body.ops {
		if body.ops[j].Code == kernels.Affine {
			p.Deals[i].Put(&body.ops[j])
			i++
		}
	}
	count := b.ints(0)
	scan := kernels.Scan{Ops: int32(len(body.ops)), Axis: fr.axis(), Op: b.ops(body.ops...), Sync: b.ints(body.sync...), Barrier: count}
	if fr.rev {
		scan.Rev = 1
	}
	scan.Shared = int32(p.Weights(len(body.ops)))
	name, kernel := "scan", "scan_"+precision
	if f.cluster {
		name, kernel = "cluster", "cluster_"+precision
	}
	b.launch(scanModule(b.t, name, kernel, programs), kernel, ptxemu.Grid{p.Blocks, 1, 1}, p.Threads, p.Shared, fr.dims(b), b.add(scan.Append(nil)), 0)
}

// scanModule is the text of a kernel with programs.
func scanModule(t *testing.T, text, kernel string, programs []ptx.Program) *ptxemu.Module {
	return moduleOf(t, fmt.Sprintf("%s %d", kernel, len(programs)), func() string {
		return kernels.Only(ptx.Join(kernels.Text(text), programs), kernel)
	})
}

// scanTolerance is how far results may be from exact ones, after some steps: those that
// are larger than one, as a part.
var scanTolerance = map[string]float64{"fp32": 2e-6, "tf32": 5e-3, "bf16": 5e-2}

// batches are those that scans are tried on.
var batches = []*frames{
	newFrames([]int32{4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1}, 1, false),
	newFrames([]int32{3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1}, 2, true),
	newFrames([]int32{3}, 1, true),
}

// checkPrecisions runs a body on the first batch, in all precisions: they differ in the
// products alone.
func checkPrecisions(t *testing.T, build func(b *bench, f *frames) *body) {
	for _, p := range precisions[1:] {
		t.Run(p.name, func(t *testing.T) { checkForms(t, batches[0], p.name, build) })
	}
}

// checkScan runs a body on all batches.
func checkScan(t *testing.T, build func(b *bench, f *frames) *body) {
	for i, f := range batches {
		if testing.Short() && i > 0 {
			break
		}
		t.Run(fmt.Sprintf("%d sequences rev=%v", len(f.lens), f.rev), func(t *testing.T) {
			checkForms(t, f, "fp32", build)
		})
	}
}

// checkForms runs a body in every form: the first meets the reference, the others its bits.
func checkForms(t *testing.T, f *frames, precision string, build func(b *bench, f *frames) *body) {
	var first []*matrix
	for _, form := range forms {
		if testing.Short() && form.deal != nil {
			continue
		}
		b := newBench(t)
		body := build(b, f)
		form.run(b, f, body, scanPrograms, precision)
		if first == nil {
			first = body.outs
			checkReference(t, body, scanTolerance[precision])
		}
		for i, m := range body.outs {
			checkBits(t, form.name, m, first[i])
		}
	}
}

func checkReference(t *testing.T, b *body, tol float64) {
	t.Helper()
	for i, want := range b.want() {
		m := b.outs[i]
		m.checkGaps(t)
		for j, v := range want {
			if got := m.at(j/m.cols, j%m.cols); !(math.Abs(got-v) <= tol*max(1, math.Abs(v))) {
				t.Fatalf("result %d, row %d, column %d is %v, want %v", i, j/m.cols, j%m.cols, got, v)
			}
		}
	}
}

func checkBits(t *testing.T, form string, got, want *matrix) {
	t.Helper()
	got.checkGaps(t)
	for r := range got.rows {
		for j := range got.cols {
			if g, w := got.at(r, j), want.at(r, j); g != w {
				t.Fatalf("%s: row %d, column %d is %v, by one block %v", form, r, j, g, w)
			}
		}
	}
}

// Plain loads of what other blocks write are right after a wait, those through the
// read-only path are not.
func TestScanLoads(t *testing.T) {
	for _, name := range []string{"scan", "cluster"} {
		if strings.Contains(kernels.Text(name), ".global.nc") {
			t.Errorf("%s reads through the read-only path", name)
		}
	}
}

// What a function is given lies where its name says: an address of it in a register is
// one of local memory, which clang 19 forgets.
func TestParams(t *testing.T) {
	through := regexp.MustCompile(`(ld|st)\.param[^;]*\[%`)
	for _, name := range []string{"scan", "cluster", "gemm", "program", "layout"} {
		if found := through.FindString(kernels.Text(name)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}

// The count of arrivals serves launches of different sizes.
func TestBarriers(t *testing.T) {
	b := newBench(t)
	count := make([]byte, 8)
	p := b.mem.Add(count)
	for _, blocks := range []int{3, 1, 2, 5, 2} {
		for n := range 4 {
			b.launch(scanModule(t, "scan", "barriers", nil), "barriers", ptxemu.Grid{blocks, 1, 1}, 256, 0, uint64(n), p)
			if count[0]|count[1]|count[2]|count[3]&0x7f != 0 {
				t.Fatalf("%d waits of %d blocks leave a count of %x", n, blocks, count[:4])
			}
		}
	}
	b.launch(scanModule(t, "cluster", "cluster_barriers", nil), "cluster_barriers", ptxemu.Grid{16, 1, 1}, 256, 0, 3)
	b.launch(scanModule(t, "scan", "nothing", nil), "nothing", ptxemu.Grid{1, 1, 1}, 32, 0)
}
