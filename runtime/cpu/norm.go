package cpu

import (
	"math"

	"ssmc/runtime/kernel"
)

// A norm is the Euclidean norm of a vector, summed up in chunks that do not
// depend on the number of threads.
type norm[F Float] struct {
	*env[F]
	vector []F
	sums   []float64 // of squares, one a chunk
	part   func(w, lo, hi int)
	value  float64
}

// chunk is the numbers that are summed up at a time.
const chunk = 1 << 14

func (n *norm[F]) init(e *env[F], vector []F) {
	n.env, n.vector = e, vector
	n.sums = make([]float64, (len(vector)+chunk-1)/chunk)
	n.part = func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			n.sums[i] = kernel.SumSq(vector[i*chunk : min((i+1)*chunk, len(vector))])
		}
	}
}

func (n *norm[F]) measure() {
	n.split(0, len(n.sums), len(n.vector), n.part)
	total := 0.0
	for _, s := range n.sums {
		total += s
	}
	n.value = math.Sqrt(total)
}
