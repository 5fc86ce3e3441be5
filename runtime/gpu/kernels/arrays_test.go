package kernels

// A matrix is an array of a rig: a view of columns of one that is wider.
type matrix struct {
	axis       Axis
	rows, cols int
	ld, at     int // of the wider one, and where the first column is there
	data       []float32
	address    uint64
}

// margin is the columns on both sides of a view.
const margin = 2

// random is a matrix of normal numbers; a Once one has so many rows.
func (r *rig) random(axis Axis, rows, cols int) *matrix {
	switch {
	case axis&Frame != 0:
		rows = r.lay.Base.N
	case axis&Seq != 0:
		rows = r.lay.Base.B
	}
	if axis&Sampled != 0 {
		rows *= r.lay.K
	}
	m := &matrix{axis: axis, rows: rows, cols: cols, ld: cols + 2*margin, at: margin}
	m.data = make([]float32, rows*m.ld)
	for i := range m.data {
		m.data[i] = float32(r.rand.NormFloat64())
	}
	m.address = hold(r, m.data)
	return m
}

// frames is a random matrix of sampled frames.
func (r *rig) frames(cols int) *matrix { return r.random(Frame|Sampled, 0, cols) }

// seqs is a random matrix of sampled sequences.
func (r *rig) seqs(cols int) *matrix { return r.random(Seq|Sampled, 0, cols) }

// once is a random row.
func (r *rig) once(cols int) *matrix { return r.random(Once, 1, cols) }

// set sets all elements.
func (m *matrix) set(f func(r, j int) float64) *matrix {
	for r := range m.rows {
		for j := range m.cols {
			m.row(r)[j] = float32(f(r, j))
		}
	}
	return m
}

func (m *matrix) row(r int) []float32 { return m.data[r*m.ld+m.at:][:m.cols] }

func (m *matrix) get(r, j int) float64 { return float64(m.row(r)[j]) }

func (m *matrix) wide(r int) []float64 {
	out := make([]float64, m.cols)
	for j, v := range m.row(r) {
		out[j] = float64(v)
	}
	return out
}

func (m *matrix) array(r *rig) Array {
	return Array{P: m.address + uint64(4*m.at), LD: int32(m.ld), Axis: m.axis}
}
