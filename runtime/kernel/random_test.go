package kernel

import (
	"math"
	"slices"
	"testing"
)

// TestPhilox holds the known answers of Random123 for philox4x32-10.
func TestPhilox(t *testing.T) {
	const f = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{f, f, f, f}, [2]uint32{f, f}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox(%x, %x) = %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

// TestGeneratorsAgree compares every table with plain Go in float64, over the carry
// out of a counter's low word too. Float32's polynomials are good to about 1e-6 of
// values up to 6.7; uniforms are exact.
func TestGeneratorsAgree(t *testing.T) {
	const n, seed, stream = 256 * randomBlock, 0x123456789abcdef, 0xfedcba987654321
	eachTable(t, func(t *testing.T) {
		for _, counter := range []uint64{0, 1<<32 - 32, 5 << 40} {
			got, want := make([]float32, n), make([]float64, n)
			active.normals(got, counter, stream, seed)
			table64.normals(want, counter, stream, seed)
			requireNear(t, got, want, 2e-6)
			active.uniforms(got, counter, stream, seed)
			table64.uniforms(want, counter, stream, seed)
			requireNear(t, got, want, 0)
		}
	})
}

// TestRandomSplits fills slices of all lengths, on several threads, with the
// beginnings of one sequence.
func TestRandomSplits(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	eachTable(t, func(t *testing.T) {
		for name, fill := range map[string]func(p *Pool, dst []float32, seed, stream uint64){
			"normals": Normals[float32], "uniforms": Uniforms[float32],
		} {
			whole := make([]float32, 1000*randomBlock)
			fill(nil, whole, 1, 2)
			for _, n := range append(lengths(), 999*randomBlock+5, len(whole)) {
				part := make([]float32, n)
				fill(p, part, 1, 2)
				t.Run(name, func(t *testing.T) { requireSame(t, part, whole[:n]) })
			}
		}
	})
}

// TestRandomFrom fills slices that begin and end anywhere with parts of one sequence.
func TestRandomFrom(t *testing.T) {
	whole, uniform := make([]float32, 9*randomBlock), make([]float32, 9*randomBlock)
	eachTable(t, func(t *testing.T) {
		Normals(nil, whole, 1, 2)
		Uniforms(nil, uniform, 1, 2)
		var edge Block[float32]
		for _, first := range []int{0, 1, 63, 64, 65, 200} {
			for _, n := range []int{0, 1, 2, 63, 64, 65, 130, 300} {
				part := make([]float32, n)
				NormalsFrom(part, first, 1, 2, &edge)
				requireSame(t, part, whole[first:][:n])
				UniformsFrom(part, first, 1, 2, &edge)
				requireSame(t, part, uniform[first:][:n])
			}
		}
	})
}

// TestMoments compares sample moments with those of the distributions, within five
// standard errors, and neighbouring streams and seeds for correlation.
func TestMoments(t *testing.T) {
	const n = 1 << 17
	x, y, z := make([]float32, n), make([]float32, n), make([]float32, n)
	Normals(nil, x, 1, 1)
	Normals(nil, y, 1, 2)
	Normals(nil, z, 2, 1)
	for name, c := range map[string]struct{ got, want, deviation float64 }{
		"mean":     {moment(x, 1), 0, 1},
		"variance": {moment(x, 2), 1, math.Sqrt2},
		"skew":     {moment(x, 3), 0, math.Sqrt(15)},
		"fourth":   {moment(x, 4), 3, math.Sqrt(96)},
		"streams":  {Dot(x, y) / n, 0, 1},
		"seeds":    {Dot(x, z) / n, 0, 1},
		"lag":      {Dot(x[:n-1], x[1:]) / n, 0, 1},
		"pair":     {Dot(x[:n-16], x[16:]) / n, 0, 1},
	} {
		if d := math.Abs(c.got - c.want); d > 5*c.deviation/math.Sqrt(n) {
			t.Errorf("normal %s: %v, want %v", name, c.got, c.want)
		}
	}
	Uniforms(nil, x, 1, 1)
	if lo, hi := slices.Min(x), slices.Max(x); lo <= 0 || hi >= 1 {
		t.Errorf("uniforms within [%v, %v]", lo, hi)
	}
	if m := moment(x, 1); math.Abs(m-0.5) > 5*math.Sqrt(1./12/n) {
		t.Errorf("uniform mean: %v", m)
	}
	if m := moment(x, 2); math.Abs(m-1./3) > 5*math.Sqrt(4./45/n) {
		t.Errorf("uniform second moment: %v", m)
	}
}

// moment returns the mean of x^k.
func moment(x []float32, k int) (m float64) {
	for _, v := range x {
		m += math.Pow(float64(v), float64(k))
	}
	return m / float64(len(x))
}

// TestExtremeWords gives the transform the words at the ends of their range.
func TestExtremeWords(t *testing.T) {
	for _, u := range []uint32{0, 1, 1<<31 - 1, 1 << 31, math.MaxUint32} {
		for _, v := range []uint32{0, 1<<31 - 1, 1 << 31, math.MaxUint32} {
			x, y := boxMuller(u, v)
			if r := math.Hypot(x, y); !(r <= math.Sqrt(2*33*math.Ln2)+1e-6) {
				t.Errorf("boxMuller(%x, %x) = %v, %v", u, v, x, y)
			}
		}
	}
}
