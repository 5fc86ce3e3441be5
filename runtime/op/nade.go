package op

import "fmt"

// NADE is the log probability of binary vectors of D coordinates by a neural
// autoregressive distribution estimator (Larochelle & Murray 2011) of H hidden
// units: coordinate d is one with probability sigmoid(l[d]),
//
//	l[d] = bias[d] + V[d] · sigmoid(start + sum over j < d of x[j] W[j])
//
// in nats, a number a row. The inputs are
//
//	0 x      [rows,D]
//	1 bias   [rows,D]
//	2 start  [rows,H]
//	3 W      Once [D,H]
//	4 V      Once [D,H]
//
// where all rows are x's.
type NADE struct{}

func (NADE) Name() string    { return "NADE" }
func (NADE) Diff(i int) bool { return i > 0 }
func (NADE) Key() string     { return "" }
func (NADE) Infer(in []Shape) (Shape, error) {
	x, bias, start, w, v := in[0], in[1], in[2], in[3], in[4]
	if weights := Static(x.Cols, start.Cols); bias != x || !start.SameRows(x) || w != weights || v != weights {
		return x, fmt.Errorf("no NADE of %v with bias %v, start %v, W %v and V %v", x, bias, start, w, v)
	}
	return x.WithCols(1), nil
}
