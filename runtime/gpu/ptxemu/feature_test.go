package ptxemu

import (
	"math"
	"testing"
	"unsafe"
)

func TestStructsByValue(t *testing.T) {
	d := newDevice(t, "struct.ptx", "apply")
	const n = 32
	out, also := make([]float32, n), [2][]float32{make([]float32, n), make([]float32, n)}
	in := [3][]float32{normals(2*n, 1), normals(2*n+1, 2), normals(2*n+2, 3)}
	pointers := []uint64{give(d, also[0]), give(d, also[1])}
	plan := struct {
		Out   uint64
		In    [3]uint64
		Scale float64
		Span  [4][2]int32
		Step  int16
		On    uint8
		_     [5]byte
	}{give(d, out), [3]uint64{give(d, in[0]), give(d, in[1]), give(d, in[2])}, 0.75,
		[4][2]int32{{0, 32}, {5, 20}, {0, 0}, {8, 32}}, 2, 1, [5]byte{}}
	d.launch(Grid{1, 1, 1}, Block{n, 1, 1}, 0, plan, 1, give(d, pointers))
	for i := range n {
		s := plan.Span[(1+i)&3]
		want, sum := 0.0, float32(0)
		if i >= int(s[0]) && i < int(s[1]) {
			for k := range in {
				sum += in[k][2*i]
			}
			want = float64(float32(float64(sum) * 0.75))
		}
		near(t, "out", float64(out[i]), want, 0)
		near(t, "also", float64(also[i&1][i]), float64(sum), 0)
	}
}

func TestCalls(t *testing.T) {
	const n = 70
	d := newDevice(t, "calls.ptx", "calls")
	in, f, out := make([]int32, n), make([]float32, n), make([]int32, n)
	for i := range in {
		in[i] = int32(i*37%101 - 50)
	}
	d.launch(Grid{2, 1, 1}, Block{40, 1, 1}, 0, give(d, in), give(d, f), give(d, out), n)
	for i, x := range in {
		own := [4]int32{x, x + 1, x + 2, x + 3}
		for k := range int32(4) {
			own[(x+k)&3] += k * 40
		}
		a, b := float64(x)*1.25, x
		for _, k := range []int32{1, int32(i)} {
			a, b = float64(b)+0.5*float64(k), int32(a)-k
		}
		leaf := float32(x)*float32(x) + 1
		if want := leaf*2 + leaf + float32(a); f[i] != want {
			t.Errorf("f[%d] is %v, want %v", i, f[i], want)
		}
		if want := chosenBy(int32(i%7), x, own[i&3]) + b; out[i] != want {
			t.Errorf("out[%d] is %v, want %v", i, out[i], want)
		}
	}
}

func chosenBy(op, x, y int32) int32 {
	switch op {
	case 0:
		return x + y
	case 1:
		return x*y - 3
	case 2:
		return x / (y | 1)
	case 3:
		return x ^ y<<2
	case 4:
		return int32(truth(float32(x)*float32(x)+1 > float32(y)))
	case 5:
		return x%(y|1) + op
	}
	return -1
}

func TestVariablesOfTheModule(t *testing.T) {
	const n = 12
	d := newDevice(t, "tables.ptx", "tables")
	out := make([]float32, n)
	sums := []float32{1, -2}
	for launch := range 2 {
		d.launch(Grid{3, 1, 1}, Block{n, 1, 1}, 0, give(d, out))
		for i, got := range out {
			// Blocks write the same numbers, but the last sees what the others added.
			first := sums[0] + float32(30*launch+20)
			want := []float32{0.25, -1.5, 3, 8}[i&3]*[]float32{-1, 300, 7}[i%3] + []float32{first, sums[1]}[i&1]
			near(t, "out", float64(got), float64(want), 0)
		}
	}
	s, err := d.f.m.Symbol("counter")
	if err != nil || s.Size != 4 {
		t.Fatalf("counter: %+v, %v", s, err)
	}
	address := uintptr(s.Address)
	if got := **(**int32)(unsafe.Pointer(&address)); got != 2*3*3 {
		t.Errorf("counter is %d, want 18", got)
	}
}

func TestWarps(t *testing.T) {
	const n = 128
	d := newDevice(t, "shuffle.ptx", "warps")
	in, sum, scan := make([]int32, n), make([]int32, n), make([]int32, n)
	odd, meet := make([]uint32, n), make([]int32, n)
	for i := range in {
		in[i] = int32(i * i % 97)
	}
	d.launch(Grid{2, 1, 1}, Block{64, 1, 1}, 0, give(d, in), give(d, sum), give(d, scan), give(d, odd), give(d, meet))
	for i := range in {
		all, part, bits := int32(0), int32(0), uint32(0)
		for j := i &^ 31; j < i|31+1; j++ {
			all += in[j]
			bits |= uint32(in[j]&1) << (j & 31)
		}
		for j := i &^ 7; j <= i; j++ {
			part += in[j]
		}
		other := i ^ 1
		rounds := int32(math.Ceil(math.Sqrt(float64(other&31 + int(in[other]&3)))))
		if sum[i] != all || scan[i] != part || odd[i] != bits || meet[i] != rounds {
			t.Fatalf("lane %d: %d %d %#x %d, want %d %d %#x %d", i, sum[i], scan[i], odd[i], meet[i], all, part, bits, rounds)
		}
	}
}

func TestAtomics(t *testing.T) {
	const n = 96
	d := newDevice(t, "atomics.ptx", "atomics")
	c, f, l, dd, m := make([]uint32, 5), make([]float32, 2+n), make([]uint64, 1), make([]float64, 1), make([]int32, 2)
	c[1] = 1000
	d.launch(Grid{3, 1, 1}, Block{32, 1, 1}, 0, give(d, c), give(d, f), give(d, l), give(d, dd), give(d, m))
	const sum = n * (n - 1) / 2
	if want := [5]uint32{sum, 100, n % 7, 0xffff, 0}; [5]uint32(c) != want {
		t.Errorf("counts are %v, want %v", c, want)
	}
	if f[0] != sum || l[0] != sum<<32 || dd[0] != sum/2.0 || m[0] != 29 {
		t.Errorf("%v %#x %v %v", f[0], l[0], dd[0], m[0])
	}
	under := int32(0)
	for range n {
		under = under*3 + 1
	}
	if m[1] != under {
		t.Errorf("under the lock %d, want %d", m[1], under)
	}
}

func TestClusters(t *testing.T) {
	d := newDevice(t, "cluster.ptx", "ring")
	out := make([]int32, 8*64)
	d.launch(Grid{8, 1, 1}, Block{64, 1, 1}, 0, give(d, out))
	for i, got := range out {
		b := i / 64
		if want := int32((b&^3|(b+3)&3)*1000 + i%64); got != want {
			t.Fatalf("thread %d of block %d has %d, want %d", i%64, b, got, want)
		}
	}
}

// A copy that is not waited for has not come: what is read is poison.
func TestCopiesThatGoOn(t *testing.T) {
	d := newDevice(t, "async.ptx", "stream")
	const n = 4
	in, out := normals(n*128, 1), make([]float32, n*128)
	d.launch(Grid{1, 1, 1}, Block{32, 1, 1}, 0, give(d, in), give(d, out), n, 1)
	for i, got := range out {
		want, j := in[i&^127|127-i&127], 127-i&127
		if i/128 == n-1 && j%4 != 0 { // the last copy takes four bytes of sixteen
			want = 0
		}
		near(t, "out", float64(got), float64(want), 0)
	}
	d.launch(Grid{1, 1, 1}, Block{32, 1, 1}, 0, give(d, in), give(d, out), n, 0)
	if out[0] == out[0] {
		t.Errorf("%v was read before it was waited for", out[0])
	}
}

// Products of numbers of eleven or eight bits are exact in doubles.
func TestTensorCores(t *testing.T) {
	round := map[string]func(float32) float64{
		"tf32k4": func(x float32) float64 { return float64(math.Float32frombits(math.Float32bits(x) &^ 0x1fff)) },
		"bf16k16": func(x float32) float64 {
			return float64(math.Float32frombits(uint32(nearestPart(16, false)(uint64(math.Float32bits(x)), 0, 0))))
		},
	}
	for name, K := range map[string]int{"tf32k4": 4, "bf16k16": 16} {
		d := newDevice(t, "product.ptx", name)
		a, b, out := normals(16*K, 1), normals(K*8, 2), make([]float32, 16*8)
		d.launch(Grid{1, 1, 1}, Block{32, 1, 1}, 0, give(d, a), give(d, b), give(d, out))
		for i := range 16 {
			for j := range 8 {
				sum := float64(1 + j%2 + 2*(i/8))
				for k := range K {
					sum += round[name](a[i*K+k]) * round[name](b[k*8+j])
				}
				near(t, name, float64(out[i*8+j]), float64(float32(sum)), 0)
			}
		}
	}
}

func TestLoadMatrix(t *testing.T) {
	d := newDevice(t, "product.ptx", "matrix")
	in, out := make([]uint16, 128), make([]uint32, 128)
	for i := range in {
		in[i] = uint16(i * 7)
	}
	d.launch(Grid{1, 1, 1}, Block{32, 1, 1}, 0, give(d, in), give(d, out))
	at := func(part, i, j int) uint32 { return uint32(in[part*64+i*8+j]) }
	for lane := range 32 {
		i, j := lane/4, lane%4*2
		for part := range 2 {
			if want := at(part, i, j) | at(part, i, j+1)<<16; out[part*32+lane] != want {
				t.Errorf("lane %d has %#x of part %d, want %#x", lane, out[part*32+lane], part, want)
			}
			if want := at(part, j, i) | at(part, j+1, i)<<16; out[(part+2)*32+lane] != want {
				t.Errorf("lane %d has %#x of the transpose, want %#x", lane, out[(part+2)*32+lane], want)
			}
		}
	}
}
