package kernel

// RowSum writes the sum of each row of x, or adds it to dst where acc. A sum is
// taken in F, in an order that depends on cols alone.
//
//	dst  [rows]
//	x    [rows,cols], leading dimension ldx
func RowSum[F Float](dst []F, x []F, ldx, rows, cols int, acc bool) {
	sum := tableOf[F]().sum
	for r := range rows {
		s := sum(x[r*ldx:][:cols])
		if acc {
			s += dst[r]
		}
		dst[r] = s
	}
}

// ColSum writes the sum of each column of x, or adds it to dst where acc. A sum is
// taken in F, from the first row to the last.
//
//	dst  [cols]
//	x    [rows,cols], leading dimension ldx
func ColSum[F Float](p *Pool, dst []F, x []F, ldx, rows, cols int, acc bool) {
	if !acc {
		clear(dst[:cols])
	}
	parts := min(p.Threads(), cols/max(16, sumGrain/max(1, rows)))
	if !p.hold(parts) {
		colSum(dst, x, ldx, rows, 0, cols)
		return
	}
	defer p.mu.Unlock()
	callsOf[F](p).sum.over(p, summing[F]{dst, x, ldx, rows}, cols, parts)
}

// summing is the arguments of ColSum.
type summing[F Float] struct {
	dst, x    []F
	ldx, rows int
}

func (a *summing[F]) part(lo, hi int) { colSum(a.dst, a.x, a.ldx, a.rows, lo, hi) }

// sumGrain is the additions that make a reduction worth another thread.
const sumGrain = 1 << 13

// colSum adds rows of x to columns [lo,hi) of dst.
func colSum[F Float](dst, x []F, ldx, rows, lo, hi int) {
	add, dst := tableOf[F]().binary[Add], dst[lo:hi]
	for r := range rows {
		add(dst, dst, x[r*ldx+lo:r*ldx+hi])
	}
}

// Dot returns the sum of a[i] b[i], taken in float64; b is at least as long as a.
func Dot[F Float](a, b []F) float64 { return tableOf[F]().dot(a, b[:len(a)]) }

// SumSq returns the sum of x[i]², taken in float64.
func SumSq[F Float](x []F) float64 { return tableOf[F]().dot(x, x) }

// Axpy adds alpha x[i] to y[i] for every element of y.
func Axpy[F Float](alpha F, x, y []F) { tableOf[F]().axpy(alpha, x[:len(y)], y) }

// plainSum keeps four partial sums, which rounds less than one.
func plainSum[F Float](x []F) F {
	var s [4]F
	for ; len(x) >= 4; x = x[4:] {
		s[0] += x[0]
		s[1] += x[1]
		s[2] += x[2]
		s[3] += x[3]
	}
	for i, v := range x {
		s[i] += v
	}
	return (s[0] + s[2]) + (s[1] + s[3])
}

func plainDot[F Float](a, b []F) (s float64) {
	for i, v := range a {
		s += float64(v) * float64(b[i])
	}
	return s
}

func plainAxpy[F Float](alpha F, x, y []F) {
	for i, v := range x {
		y[i] += alpha * v
	}
}
