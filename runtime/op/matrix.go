package op

import "fmt"

// The ops of this file are over small matrices. A row of an array holds one,
// row-major: [rows,M*K] is a matrix [M,K] for each frame, sequence or item of a
// stack. An input that is Once and has one row serves every row.

// Reshape gives a Once array other rows and columns, number by number in order.
type Reshape struct{ Rows, Cols int }

func (Reshape) Name() string  { return "Reshape" }
func (Reshape) Diff(int) bool { return true }
func (r Reshape) Key() string { return fmt.Sprint(r.Rows, r.Cols) }
func (r Reshape) Infer(in []Shape) (Shape, error) {
	s := in[0]
	if s.Axis != Once || s.Rows*s.Cols != r.Rows*r.Cols {
		return s, fmt.Errorf("cannot reshape %v to [%d,%d]", s, r.Rows, r.Cols)
	}
	return Static(r.Rows, r.Cols), nil
}

// Select is columns of its input in any order, any number of times: column j of
// the result is column From[j], from 0, or zero where that is negative.
type Select struct{ From []int }

func (*Select) Name() string  { return "Select" }
func (*Select) Diff(int) bool { return true }
func (s *Select) Key() string { return fmt.Sprint(s.From) }
func (s *Select) Infer(in []Shape) (Shape, error) {
	for _, j := range s.From {
		if j >= in[0].Cols {
			return in[0], fmt.Errorf("no column %d in %v", j, in[0])
		}
	}
	return in[0].WithCols(len(s.From)), nil
}

// BatchMul multiplies matrices, one product a row: [M,K], or [K,M] if TransA, by
// [K,N], or [N,K] if TransB, is [M,N].
type BatchMul struct {
	M, K, N        int
	TransA, TransB bool
}

func (BatchMul) Name() string  { return "BatchMul" }
func (BatchMul) Diff(int) bool { return true }
func (m BatchMul) Key() string { return fmt.Sprint(m.M, m.K, m.N, m.TransA, m.TransB) }
func (m BatchMul) Infer(in []Shape) (Shape, error) {
	if err := widths(in, m.M*m.K, m.K*m.N); err != nil {
		return Shape{}, err
	}
	return together(in, m.M*m.N)
}

// Cholesky is the lower triangle L with a positive diagonal and L L' the
// symmetric part of a matrix [N,N]; NaN where that is not positive definite.
type Cholesky struct{ N int }

func (Cholesky) Name() string                      { return "Cholesky" }
func (Cholesky) Diff(int) bool                     { return true }
func (c Cholesky) Key() string                     { return fmt.Sprint(c.N) }
func (c Cholesky) Infer(in []Shape) (Shape, error) { return square(in, c.N) }

// Inverse is the inverse of a matrix [N,N]; NaN where there is none.
type Inverse struct{ N int }

func (Inverse) Name() string                      { return "Inverse" }
func (Inverse) Diff(int) bool                     { return true }
func (v Inverse) Key() string                     { return fmt.Sprint(v.N) }
func (v Inverse) Infer(in []Shape) (Shape, error) { return square(in, v.N) }

// MVNormal is a log density of the multivariate normal distribution in nats,
// [rows,1]: with deviations d_1, ..., d_K of N numbers each,
//
//	-(sum_k d_k' S⁻¹ d_k + log det S + N log 2 pi) / 2.
//
// One deviation x - m gives log p(x). If x is itself normal, its expected value
// is that of K = N+1: the deviation of the means, and the columns of a root of
// the covariance of x (Petersen & Pedersen 2012, section 8.2.2). The inputs are
//
//	0 d        [rows,K*N]
//	1 S        [rows,N*N], of which the symmetric part counts; or, if Tri, the
//	           lower triangle L with S = L L'
//	2 present  [rows,N], 0 where x is missing: it is integrated out. It may be
//	           left out.
//
// A matrix that is no covariance gives NaN.
type MVNormal struct {
	N, K int
	Tri  bool
}

func (MVNormal) Name() string    { return "MVNormal" }
func (MVNormal) Diff(i int) bool { return i != 2 }
func (m MVNormal) Key() string   { return fmt.Sprint(m.N, m.K, m.Tri) }
func (m MVNormal) Infer(in []Shape) (Shape, error) {
	if err := widths(in, m.K*m.N, m.N*m.N, m.N); err != nil {
		return Shape{}, err
	}
	return together(in, 1)
}

// square is the shape of a matrix [n,n] a row.
func square(in []Shape, n int) (Shape, error) { return in[0], widths(in, n*n) }

// widths reports inputs that have not the columns wanted.
func widths(in []Shape, cols ...int) error {
	for i, s := range in {
		if s.Cols != cols[i] {
			return fmt.Errorf("input %d is %v, want %d columns", i, s, cols[i])
		}
	}
	return nil
}

// together is the shape of cols columns computed row by row.
func together(in []Shape, cols int) (Shape, error) {
	out := Static(1, cols)
	for _, s := range in {
		switch {
		case s.Axis == Once && s.Rows == 1:
		case out.Axis == Once && out.Rows == 1:
			out = s.WithCols(cols)
		case !s.SameRows(out):
			return out, fmt.Errorf("%v does not go with rows of %v", s, out)
		}
	}
	return out, nil
}
