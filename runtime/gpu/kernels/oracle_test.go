package kernels_test

import "math"

// times is row r of x W, W stored [K,D] or, with trans, [D,K], as it is added to y.
func times(y []float64, x []float64, w *matrix, trans bool) []float64 {
	y = append([]float64(nil), y...)
	for j := range y {
		for k, v := range x {
			if trans {
				y[j] += v * w.at(j, k)
			} else {
				y[j] += v * w.at(k, j)
			}
		}
	}
	return y
}

func (m *matrix) row(r int) []float64 {
	v := make([]float64, m.cols)
	for j := range v {
		v[j] = m.at(r, j)
	}
	return v
}

func tanhs(v []float64) []float64 {
	for j := range v {
		v[j] = math.Tanh(v[j])
	}
	return v
}

// state is results of a reference by row, as long as nobody has asked for them all.
type state struct {
	rows [][]float64
	cols int
}

func newState(f *frames, cols int) *state { return &state{make([][]float64, f.rows()), cols} }

// before is the row of the step before, or what there is at first.
func (s *state) before(row int, start []float64) []float64 {
	if row < 0 {
		return start
	}
	return s.rows[row]
}

func (s *state) all() (v []float64) {
	for _, r := range s.rows {
		v = append(v, r...)
	}
	return v
}
