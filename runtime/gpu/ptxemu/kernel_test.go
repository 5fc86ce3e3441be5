package ptxemu

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"unsafe"
)

// device is a kernel of a file in testdata, and memory for it.
type device struct {
	t   testing.TB
	f   *Function
	mem Memory
}

func newDevice(t testing.TB, file, kernel string) *device {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	return textDevice(t, string(text), kernel)
}

func textDevice(t testing.TB, text, kernel string) *device {
	t.Helper()
	m, err := Load(text)
	if err != nil {
		t.Fatal(err)
	}
	f, err := m.Function(kernel)
	if err != nil {
		t.Fatal(err)
	}
	return &device{t: t, f: f}
}

// give makes numbers the device's: kernels write the slice itself.
func give[T any](d *device, v []T) uint64 {
	var one T
	return d.mem.Add(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(one))))
}

// params lays out arguments as the kernel declares them.
func (d *device) params(args ...any) []byte {
	d.t.Helper()
	if len(args) != len(d.f.Params) {
		d.t.Fatalf("%d arguments, %s takes %d", len(args), d.f.Name, len(d.f.Params))
	}
	var out []byte
	for i, a := range args {
		p := d.f.Params[i]
		out = append(out, make([]byte, p.Offset-len(out))...)
		if n, ok := a.(int); ok {
			a = int32(n)
		}
		var err error
		if out, err = binary.Append(out, binary.LittleEndian, a); err != nil {
			d.t.Fatal(err)
		}
		if len(out) != p.Offset+p.Size {
			d.t.Fatalf("argument %d has not the %d bytes that %s takes", i, p.Size, d.f.Name)
		}
	}
	return out
}

func (d *device) launch(g Grid, b Block, shared int, args ...any) {
	d.t.Helper()
	if err := d.f.Launch(&d.mem, g, b, shared, d.params(args...)); err != nil {
		d.t.Fatal(err)
	}
}

// normals are n numbers with a standard deviation, the same in every run.
func normals(n int, sd float64) []float32 {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(r.NormFloat64() * sd)
	}
	return out
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Fatalf("%s is %v, want %v within %v", what, got, want, tolerance)
	}
}

// The tolerance is that of sums of 40 products in float32.
func TestTiledProduct(t *testing.T) {
	const M, N, K = 20, 35, 40
	d := newDevice(t, "affine.ptx", "affine")
	a, b, bias, c := normals(M*K, 1), normals(K*N, 0.1), normals(N, 1), make([]float32, M*N)
	d.launch(Grid{3, 2, 1}, Block{256, 1, 1}, 0, M, N, K, give(d, a), give(d, b), give(d, bias), give(d, c))
	for i := range M {
		for j := range N {
			sum := float64(bias[j])
			for k := range K {
				sum += float64(a[i*K+k]) * float64(b[k*N+j])
			}
			near(t, "C", float64(c[i*N+j]), math.Tanh(sum), 2e-6)
		}
	}
}

// Sums of 24 products of numbers with eleven bits, which doubles hold exactly.
func TestGridBarrierAndTensorCores(t *testing.T) {
	const T, H = 3, 24
	d := newDevice(t, "recur.ptx", "recur")
	w, h, count := normals(H*H, 0.2), make([]float32, (T+1)*16*H), make([]uint32, 1)
	copy(h, normals(16*H, 1))
	d.launch(Grid{H / 8, 1, 1}, Block{32, 1, 1}, H*8*4, T, H, give(d, w), give(d, h), give(d, count))
	for t0 := range T {
		from, to := h[t0*16*H:], h[(t0+1)*16*H:]
		for i := range 16 {
			for j := range H {
				sum := 0.0
				for k := range H {
					sum += tf32(from[i*H+k]) * tf32(w[k*H+j])
				}
				near(t, "h", float64(to[i*H+j]), sum, 1e-6)
			}
		}
	}
}

// tf32 rounds to eleven bits, ties away from zero.
func tf32(x float32) float64 {
	f, e := math.Frexp(math.Abs(float64(x)))
	return math.Copysign(math.Ldexp(math.Floor(f*2048+0.5)/2048, e), float64(x))
}
