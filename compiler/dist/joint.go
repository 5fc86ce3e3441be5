package dist

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"ssmc/compiler/ir"
)

// A Form is what a parameter of a joint distribution over n numbers is.
type Form uint8

// The forms of parameters.
const (
	Row    Form = iota // [n], or one number for all
	Square             // [n,n]
	Tall               // [n,r] for any r
	Own                // any size of its own
)

func (f Form) String() string { return [...]string{"[n]", "[n, n]", "[n, r]", "of any size"}[f] }

// A Joint is a distribution over all coordinates of a vector together. In the
// graph its parameters are rows: matrices are row-major, [rows,n*n].
type Joint struct {
	// density is the log density of x [rows,n] in nats, [rows,1]. Where present,
	// which may be nil, is zero a coordinate is missing, and integrated out.
	density func(b *ir.Builder, x *ir.Node, given map[string]*ir.Node, present *ir.Node) *ir.Node
	// sample is x as a function of eps ~ N(0,1), [rows,n]; nil if not
	// reparameterised.
	sample func(b *ir.Builder, eps *ir.Node, given map[string]*ir.Node) *ir.Node
	// Draw sets x to a draw, given the parameters by their own names, in order.
	// It reports whether they determine a distribution.
	Draw func(r *rand.Rand, x []float64, p [][]float64) bool
}

// JointText is the distribution with its parameters.
func (d *Dist) JointText(params [][]float64) string {
	var parts []string
	for i, p := range params {
		var numbers []string
		for k, v := range p {
			if k == 9 {
				numbers = append(numbers, "...")
				break
			}
			numbers = append(numbers, fmt.Sprintf("%.4g", v))
		}
		parts = append(parts, fmt.Sprintf("%s=[%s]", d.Params[i].Name, strings.Join(numbers, ", ")))
	}
	return fmt.Sprintf("%s(%s)", d.Name, strings.Join(parts, ", "))
}
