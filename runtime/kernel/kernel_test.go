package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// eachTable runs a test with every table that the CPU can use in turn active.
func eachTable(t *testing.T, f func(t *testing.T)) {
	was := active
	defer func() { active = was }()
	for _, active = range tables32 {
		t.Run(active.name, f)
	}
}

// lengths is 0 to 70, to meet every tail of every vector, and some long ones.
func lengths() (n []int) {
	for i := range 71 {
		n = append(n, i)
	}
	return append(n, 127, 1000, 4099)
}

// random returns n values of a fixed sequence, of deviation scale.
func random[F Float](r *rand.Rand, n int, scale float64) []F {
	x := make([]F, n)
	for i := range x {
		x[i] = F(scale * r.NormFloat64())
	}
	return x
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// ulps returns how many float32 apart got and want are, which must agree on what
// is infinite, NaN and, beyond rounding to zero, on the sign.
func ulps(got, want float32) float64 {
	g, w := float64(got), float64(want)
	switch {
	case g == w || g != g && w != w:
		return 0
	case g != g || w != w || math.IsInf(g, 0) && !math.IsInf(w, 0) && math.Abs(w) < math.MaxFloat32:
		return math.Inf(1)
	}
	return math.Abs(float64(order(got)) - float64(order(want)))
}

// order maps float32 to integers, neighbours to neighbours.
func order(x float32) int64 {
	b := int64(math.Float32bits(x))
	if b >= 1<<31 {
		return 1<<31 - b
	}
	return b
}
