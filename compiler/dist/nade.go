package dist

import (
	"math"
	"math/rand/v2"

	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// NADE is a distribution of binary vectors whose coordinates depend on those
// before them. It is not one of All: its parameters are arrays, which the
// compiler makes.
var NADE = &Dist{
	Name:   "NADE",
	Doc:    "A binary vector, each coordinate a coin whose log odds a net reads from those before it.",
	Source: "Larochelle & Murray, The Neural Autoregressive Distribution Estimator, 2011",
	Over:   Binary,
	Params: []Param{
		{Name: "bias", Support: Real, Doc: "log odds of each coordinate, without the hidden units [D]"},
		{Name: "start", Support: Real, Form: Own, Doc: "inputs of the hidden units before the first coordinate [H]"},
		{Name: "W", Support: Real, Form: Own, Doc: "what each coordinate adds to them [D,H]"},
		{Name: "V", Support: Real, Form: Own, Doc: "what the hidden units say of each coordinate [D,H]"},
	},
	Joint: &Joint{density: nadeDensity, Draw: drawNADE},
}

func nadeDensity(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, _ *ir.Node) *ir.Node {
	in := b.Align([]*ir.Node{x, given["bias"], given["start"]})
	for i, n := range in {
		if n.Shape.Axis == op.Once {
			in[i] = b.Apply(op.Expand{To: in[0].Shape.WithCols(n.Shape.Cols)}, n)
		}
	}
	return b.Apply(op.NADE{}, in[0], in[1], in[2], given["W"], given["V"])
}

// drawNADE draws the coordinates in turn, each given those before it.
func drawNADE(r *rand.Rand, x []float64, params [][]float64) bool {
	bias, start, w, v := params[0], params[1], params[2], params[3]
	h := len(start)
	a := append([]float64(nil), start...)
	for d := range x {
		l := bias[d]
		for j := range a {
			l += v[d*h+j] / (1 + math.Exp(-a[j]))
		}
		if math.IsNaN(l) {
			return false
		}
		if x[d] = 0; r.Float64() >= 1/(1+math.Exp(-l)) {
			continue
		}
		x[d] = 1
		for j := range a {
			a[j] += w[d*h+j]
		}
	}
	return true
}
