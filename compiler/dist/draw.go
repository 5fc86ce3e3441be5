package dist

import (
	"fmt"
	"math"
	"strings"
)

// Arguments is what Draw takes for coordinate j of a variable: params holds the
// rows of the distribution's parameters in order, each of one number for all
// coordinates or of one for each.
func (d *Dist) Arguments(params [][]float64, j int) []float64 {
	if d.Vector {
		return params[0]
	}
	args := make([]float64, len(params))
	for i, p := range params {
		args[i] = p[min(j, len(p)-1)]
	}
	return args
}

// Allows reports whether arguments determine a distribution. Limits of others
// count: a variance of zero, a log probability of minus infinity.
func (d *Dist) Allows(args []float64) bool {
	possible := false
	for i, v := range args {
		p := d.Params[min(i, len(d.Params)-1)]
		if math.IsNaN(v) || p.Support == Positive && (v < 0 || math.IsInf(v, 1)) || d.Vector && math.IsInf(v, 1) {
			return false
		}
		possible = possible || !math.IsInf(v, -1)
	}
	return possible || !d.Vector
}

// Text is the distribution with its arguments, as in Normal(mean=0, var=1).
func (d *Dist) Text(args []float64) string {
	if d.Vector {
		return fmt.Sprintf("%s(%s=%v)", d.Name, d.Params[0].Name, args)
	}
	var parts []string
	for i, v := range args {
		parts = append(parts, fmt.Sprintf("%s=%.4g", d.Params[i].Name, v))
	}
	return fmt.Sprintf("%s(%s)", d.Name, strings.Join(parts, ", "))
}
