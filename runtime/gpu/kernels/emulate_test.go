package kernels_test

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"unsafe"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptxemu"
)

// A bench runs kernels on an emulated card.
type bench struct {
	t   *testing.T
	mem ptxemu.Memory
	rnd *rand.Rand
}

func newBench(t *testing.T) *bench { return &bench{t: t, rnd: rand.New(rand.NewPCG(1, 2))} }

var modules struct {
	sync.Mutex
	read map[string]*ptxemu.Module
}

// moduleOf reads a text once for all tests, by its name.
func moduleOf(t *testing.T, name string, text func() string) *ptxemu.Module {
	modules.Lock()
	defer modules.Unlock()
	if m := modules.read[name]; m != nil {
		return m
	}
	m, err := ptxemu.Load(text())
	if err != nil {
		t.Fatal(err)
	}
	if modules.read == nil {
		modules.read = map[string]*ptxemu.Module{}
	}
	modules.read[name] = m
	return m
}

// launch runs a kernel to its end.
func (b *bench) launch(m *ptxemu.Module, kernel string, dim ptxemu.Grid, threads, shared int, args ...uint64) {
	b.t.Helper()
	f, err := m.Function(kernel)
	if err != nil {
		b.t.Fatal(err)
	}
	var params []byte
	for i, p := range f.Params {
		params = append(params, make([]byte, p.Offset-len(params))...)
		params = append(params, binary.LittleEndian.AppendUint64(nil, args[i])[:p.Size]...)
	}
	if err := f.Launch(&b.mem, dim, ptxemu.Block{threads, 1, 1}, shared, params); err != nil {
		b.t.Fatal(err)
	}
}

// add puts bytes, a copy of them, where kernels find them.
func (b *bench) add(v []byte) uint64 {
	words := make([]uint64, len(v)/8+1)
	to := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 8*len(words))
	copy(to, v)
	return b.mem.Add(to[:len(v)])
}

func (b *bench) ints(v ...int32) uint64 {
	var bytes []byte
	for _, x := range v {
		bytes = binary.LittleEndian.AppendUint32(bytes, uint32(x))
	}
	return b.add(bytes)
}

func (b *bench) ops(ops ...kernels.Op) uint64 {
	var bytes []byte
	for i := range ops {
		bytes = ops[i].Append(bytes)
	}
	return b.add(bytes)
}

func (b *bench) dims(d kernels.Dims) uint64 { return b.add(d.Append(nil)) }

// A matrix is numbers that kernels see, in rows ld apart. What lies between the
// rows is NaN, and stays so.
type matrix struct {
	rows, cols, ld int
	v              []float32
	p              uint64
}

// matrix makes one of normal numbers. shift is how many numbers its first stands
// from an address that 16 divides; pad how many lie between rows.
func (b *bench) matrix(rows, cols, pad, shift int) *matrix {
	m := &matrix{rows: rows, cols: cols, ld: cols + pad}
	n := max(rows*m.ld-pad, 1)
	all := make([]float32, n+8)
	first := int(-uintptr(unsafe.Pointer(&all[0]))/4&3) + shift
	m.v = all[first : first+n]
	for i := range m.v {
		m.v[i] = float32(math.NaN())
		if i%m.ld < cols {
			m.v[i] = float32(b.rnd.NormFloat64())
		}
	}
	m.p = b.mem.Add(unsafe.Slice((*byte)(unsafe.Pointer(&m.v[0])), 4*n))
	return m
}

func (m *matrix) at(r, c int) float64 { return float64(m.v[r*m.ld+c]) }

func (m *matrix) array(axis kernels.Axis) kernels.Array {
	return kernels.Array{P: m.p, LD: int32(m.ld), Axis: axis}
}

// clone is a copy that no kernel sees.
func (m *matrix) clone() *matrix {
	c := *m
	c.v, c.p = append([]float32(nil), m.v...), 0
	return &c
}

// scaled multiplies all numbers.
func (m *matrix) scaled(f float64) *matrix {
	for i := range m.v {
		m.v[i] *= float32(f)
	}
	return m
}

// checkGaps says that what lies between rows has not been written.
func (m *matrix) checkGaps(t *testing.T) {
	t.Helper()
	for i, v := range m.v {
		if i%m.ld >= m.cols && v == v {
			t.Fatalf("a number was written to row %d, column %d of %d", i/m.ld, i%m.ld, m.cols)
		}
	}
}

// precisions are the endings of kernels, and how far from the sum of what is added
// up, without signs, their results may be.
var precisions = []struct {
	name string
	tol  float64
}{{"fp32", 1e-6}, {"tf32", 2e-3}, {"bf16", 2e-2}}
