package kernels

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"ssmc/runtime/gpu/ptxemu"
	"ssmc/runtime/op"
)

// mapStub is a map_program that sets number thread of its first array to what it is
// given: 1000 program + 100 lo + 10 hi + threads.
const mapStub = `
.visible .func map_program(.param .b32 program, .param .b64 arrays, .param .b32 lo, .param .b32 hi, .param .b32 thread, .param .b32 threads)
{
	.reg .b32 %r<7>;
	.reg .b64 %d<3>;
	.reg .f32 %f<2>;
	ld.param.u32 %r0, [program];
	ld.param.u64 %d0, [arrays];
	ld.param.u32 %r1, [lo];
	ld.param.u32 %r2, [hi];
	ld.param.u32 %r3, [thread];
	ld.param.u32 %r4, [threads];
	mad.lo.s32 %r5, %r0, 1000, %r4;
	mad.lo.s32 %r5, %r1, 100, %r5;
	mad.lo.s32 %r5, %r2, 10, %r5;
	cvt.rn.f32.s32 %f0, %r5;
	ld.global.u64 %d1, [%d0];
	mul.wide.s32 %d2, %r3, 4;
	add.s64 %d1, %d1, %d2;
	st.global.f32 [%d1], %f0;
	ret;
}
`

// performer is the kernel that does one op.
var performer = sync.OnceValues(func() (*ptxemu.Function, error) {
	m, err := ptxemu.Load(Linked("program", mapStub))
	if err != nil {
		return nil, err
	}
	return m.Function("perform")
})

// done is the codes that tests have performed.
var done = map[Code]bool{}

// TestMain also asks, where all tests have run, that they have performed all codes but
// those of products, which perform does not do.
func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	if all := flag.Lookup("test.run").Value.String() == ""; all && status == 0 {
		for c := range codes {
			if !done[c] && c != Affine && c != Gemm && c != GemmWeights {
				fmt.Printf("no test performs %v\n", c)
				status = 1
			}
		}
	}
	os.Exit(status)
}

// A rig does ops on the emulator, for one ragged batch.
type rig struct {
	*testing.T
	kernel *ptxemu.Function
	mem    ptxemu.Memory
	rand   *rand.Rand
	lay    *op.Dims
	dims   Dims
	held   [][]byte // all that kernels may read and write
}

// lens is the batch of the tests.
var lens = []int{4, 3, 1}

// eachBatch runs a test with one sample a sequence, and with two.
func eachBatch(t *testing.T, f func(r *rig)) {
	for _, k := range []int{1, 2} {
		t.Run(fmt.Sprint("K=", k), func(t *testing.T) { f(newRig(t, lens, k)) })
	}
}

func newRig(t *testing.T, lens []int, k int) *rig {
	kernel, err := performer()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, kernel: kernel, rand: rand.New(rand.NewPCG(1, uint64(k))), lay: op.NewDims(lens, k)}
	base := r.lay.Base
	r.dims = Dims{K: int32(k), T: int32(base.T), B: int32(base.B), N: int32(base.N)}
	r.dims.Off, r.dims.Len = hold(r, ints(base.Off)), hold(r, ints(base.Len))
	time := make([]int32, base.N)
	r.dims.Time = hold(r, time)
	r.launch(Op{Code: Layout, Axis: Frame}, 1, 32)
	return r
}

func ints(v []int) []int32 {
	out := make([]int32, len(v))
	for i, x := range v {
		out[i] = int32(x)
	}
	return out
}

// hold gives kernels the memory of v.
func hold[T any](r *rig, v []T) uint64 {
	if len(v) == 0 {
		return 0
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&v[0])), len(v)*int(unsafe.Sizeof(v[0])))
	r.held = append(r.held, b)
	return r.mem.Add(b)
}

// launch does one op with so many threads.
func (r *rig) launch(o Op, blocks, threads int) {
	r.Helper()
	done[o.Code] = true
	dims, ops := r.dims.Append(nil), (&o).Append(make([]byte, OpBytes))
	params := make([]byte, 24)
	for i, p := range r.kernel.Params[:2] {
		binary.LittleEndian.PutUint64(params[p.Offset:], r.mem.Add([][]byte{dims, ops}[i]))
	}
	binary.LittleEndian.PutUint32(params[r.kernel.Params[2].Offset:], 1) // the second op
	if err := r.kernel.Launch(&r.mem, ptxemu.Grid{blocks, 1, 1}, ptxemu.Block{threads, 1, 1}, 0, params); err != nil {
		r.Fatalf("%v: %v", o.Code, err)
	}
	for _, b := range [][]byte{dims, ops} {
		if err := r.mem.Remove(uint64(uintptr(unsafe.Pointer(&b[0])))); err != nil {
			r.Fatal(err)
		}
	}
}

// teams is how many blocks and threads do an op.
var teams = [][2]int{{1, 32}, {3, 64}, {1, 96}}

// do does an op with teams of all sizes, which must all give the same bits.
func (r *rig) do(o Op, arrays ...*matrix) {
	r.Helper()
	for i, a := range arrays {
		if a != nil {
			o.A[i] = a.array(r)
		}
	}
	before := r.snapshot()
	var first [][]byte
	for i, team := range teams {
		if testing.Short() && i > 1 {
			break
		}
		r.restore(before)
		r.launch(o, team[0], team[1])
		if first == nil {
			first = r.snapshot()
		} else if after := r.snapshot(); !slices.EqualFunc(after, first, bytes.Equal) {
			r.Fatalf("%v: %d blocks of %d threads give other numbers", o.Code, team[0], team[1])
		}
	}
}

func (r *rig) snapshot() [][]byte {
	out := make([][]byte, len(r.held))
	for i, b := range r.held {
		out[i] = bytes.Clone(b)
	}
	return out
}

func (r *rig) restore(to [][]byte) {
	for i, b := range to {
		copy(r.held[i], b)
	}
}

// A mode is what an op does to its result.
type mode int

const (
	sets mode = iota
	adds      // whatever op.Add says
	either
)

// check does an op on arrays, of which the first is the result, and compares that with
// what is wanted, or added to it; what lies beside must stay.
func (r *rig) check(o Op, how mode, tolerance float64, want func(row, col int) float64, arrays ...*matrix) {
	r.Helper()
	if how != adds {
		r.compare(o, false, tolerance, want, arrays)
	}
	if o.Add = 1; how == either {
		r.compare(o, true, tolerance, want, arrays)
	}
	if o.Add = 0; how == adds {
		r.compare(o, true, tolerance, want, arrays)
	}
}

func (r *rig) compare(o Op, added bool, tolerance float64, want func(row, col int) float64, arrays []*matrix) {
	r.Helper()
	out := arrays[0]
	expected := slices.Clone(out.data)
	for row := range out.rows {
		for j := range out.cols {
			e := &expected[row*out.ld+out.at+j]
			if v := want(row, j); added {
				*e = float32(float64(*e) + v)
			} else {
				*e = float32(v)
			}
		}
	}
	r.do(o, arrays...)
	for i, e := range expected {
		if got := out.data[i]; !near(float64(got), float64(e), tolerance) {
			r.Fatalf("%v, added %v: row %d, column %d is %v, want %v", o.Code, added, i/out.ld, i%out.ld-out.at, got, e)
		}
	}
}

// near reports whether two numbers differ by no more than a part of what they are, or
// of one.
func near(a, b, tolerance float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return a == b || math.Abs(a-b) <= tolerance*max(1, math.Abs(b))
}
