package exact

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
)

// A Normal evaluates log densities of the multivariate normal distribution of n
// numbers, at one covariance after another, and their gradients. The sums over
// deviations that it takes are op.MVNormal's.
type Normal struct {
	n, k int
	tri  bool // covariances are given by their lower triangle

	seen   []int     // components that count, m of them
	root   []float64 // [m,m] of their covariance
	logDet float64   // half of that of the covariance
	proper bool

	y, u      []float64 // [k,m]: L⁻¹ d and S⁻¹ d
	inverse   []float64 // [m,m]
	gradient  []float64 // [m,m], by the covariance of what was seen
	leftovers []float64 // [m]
}

// NewNormal is for k deviations of n numbers; with tri covariances are given by
// their lower triangle.
func NewNormal(n, k int, tri bool) *Normal {
	return &Normal{n: n, k: k, tri: tri, y: make([]float64, n*k), u: make([]float64, n*k), root: make([]float64, n*n),
		inverse: make([]float64, n*n), gradient: make([]float64, n*n), leftovers: make([]float64, n)}
}

// Set takes a covariance or triangle s [n,n], and which components are there:
// where present, which may be nil, is not zero.
func (d *Normal) Set(s, present []float64) {
	d.seen = d.seen[:0]
	for i := range d.n {
		if present == nil || present[i] != 0 {
			d.seen = append(d.seen, i)
		}
	}
	m := len(d.seen)
	if d.tri && m == d.n {
		d.take(s)
		return
	}
	for a, i := range d.seen {
		for b, j := range d.seen {
			d.root[a*m+b] = d.entry(s, i, j)
		}
	}
	d.proper = m == 0 || factor(d.root[:m*m], m)
	d.measure(m)
}

// Same reports whether the components that are there are those of the last Set.
func (d *Normal) Same(present []float64) bool {
	if present == nil {
		return len(d.seen) == d.n
	}
	at := 0
	for i, p := range present {
		here := at < len(d.seen) && d.seen[at] == i
		if here != (p != 0) {
			return false
		}
		if here {
			at++
		}
	}
	return true
}

// take has the lower triangle s itself as the root.
func (d *Normal) take(s []float64) {
	d.proper = true
	for i := range d.n {
		row := d.root[i*d.n:][:d.n]
		clear(row)
		copy(row[:i+1], s[i*d.n:])
		d.proper = d.proper && row[i] != 0
	}
	d.measure(d.n)
}

func (d *Normal) measure(m int) {
	d.logDet = 0
	for i := range m {
		d.logDet += math.Log(math.Abs(d.root[i*m+i]))
	}
}

// entry is the covariance of components i and j.
func (d *Normal) entry(s []float64, i, j int) float64 {
	if d.tri {
		k := min(i, j) + 1
		return floats.Dot(s[i*d.n:][:k], s[j*d.n:][:k])
	}
	return (s[i*d.n+j] + s[j*d.n+i]) / 2
}

// LogProb is the log density at the deviations [k,n].
func (d *Normal) LogProb(dev []float64) float64 {
	if !d.proper {
		return math.NaN()
	}
	d.whiten(dev)
	m := len(d.seen)
	return -(floats.Dot(d.y[:d.k*m], d.y[:d.k*m])+float64(m)*log2Pi)/2 - d.logDet
}

// whiten finds L⁻¹ d for all deviations.
func (d *Normal) whiten(dev []float64) {
	m := len(d.seen)
	for r := range d.k {
		y := d.y[r*m:][:m]
		for a, i := range d.seen {
			y[a] = (dev[r*d.n+i] - floats.Dot(y[:a], d.root[a*m:][:a])) / d.root[a*m+a]
		}
	}
}

// Gradient sets ddev [k,n] and ds [n,n], which may be nil, to the gradients of w
// times the log density at dev by the deviations and by s, as Set took it.
func (d *Normal) Gradient(ddev, ds, dev, s []float64, w float64) {
	if !d.proper {
		fill(ddev, math.NaN())
		fill(ds, math.NaN())
		return
	}
	d.whiten(dev)
	d.solve()
	m := len(d.seen)
	clear(ddev)
	for r := 0; ddev != nil && r < d.k; r++ {
		for a, i := range d.seen {
			ddev[r*d.n+i] = -w * d.u[r*m+a]
		}
	}
	switch {
	case ds == nil:
	case d.tri && m == d.n:
		d.byRoot(ds, w)
	default:
		d.byBlock(ds, s, w)
	}
}

// solve finds S⁻¹ d of L⁻¹ d.
func (d *Normal) solve() {
	m := len(d.seen)
	for r := range d.k {
		u, rest := d.u[r*m:][:m], d.leftovers[:m]
		copy(rest, d.y[r*m:][:m])
		for a := m - 1; a >= 0; a-- {
			u[a] = rest[a] / d.root[a*m+a]
			floats.AddScaled(rest[:a], -u[a], d.root[a*m:][:a])
		}
	}
}

// byRoot is the gradient by the triangle: the lower part of u y' - L⁻ᵀ.
func (d *Normal) byRoot(ds []float64, w float64) {
	clear(ds)
	for r := range d.k {
		y := d.y[r*d.n:][:d.n]
		for i := range d.n {
			floats.AddScaled(ds[i*d.n:][:i+1], w*d.u[r*d.n+i], y[:i+1])
		}
	}
	for i := range d.n {
		ds[i*d.n+i] -= w / d.root[i*d.n+i]
	}
}

// byBlock is the gradient by the covariance of what was seen, w (u u' - S⁻¹)/2
// (Petersen & Pedersen 2012, eqs. 57 and 61), in its place in that of all, or
// taken to the triangle.
func (d *Normal) byBlock(ds, s []float64, w float64) {
	m := len(d.seen)
	d.invert()
	g := d.gradient[:m*m]
	for i, v := range d.inverse[:m*m] {
		g[i] = -w / 2 * v
	}
	for r := range d.k {
		addOuter(g, w/2, d.u[r*m:][:m], d.u[r*m:][:m])
	}
	clear(ds)
	for a, i := range d.seen {
		for b, j := range d.seen {
			if d.tri { // 2 G L, its lower part
				k := min(i, j) + 1
				floats.AddScaled(ds[i*d.n:][:k], 2*g[a*m+b], s[j*d.n:][:k])
			} else {
				ds[i*d.n+j] = g[a*m+b]
			}
		}
	}
}

// invert finds S⁻¹ of what was seen.
func (d *Normal) invert() {
	m := len(d.seen)
	clear(d.inverse[:m*m])
	for i := range m {
		d.inverse[i*m+i] = 1
	}
	if m == 0 {
		return
	}
	tri, x := lower(d.root, m), blas64.General{Rows: m, Cols: m, Stride: m, Data: d.inverse}
	blas64.Trsm(blas.Left, blas.NoTrans, 1, tri, x)
	blas64.Trsm(blas.Left, blas.Trans, 1, tri, x)
}
