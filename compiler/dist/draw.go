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
	args := make([]float64, 0, len(params))
	for i, p := range params {
		if d.Params[i].Width == PerCoordinate {
			p = p[min(j, len(p)-1):][:1]
		}
		args = append(args, p...)
	}
	return args
}

// Allows reports whether arguments determine a distribution. Limits of others
// count: a variance of zero, a log probability of minus infinity.
func (d *Dist) Allows(args []float64) bool {
	possible := false
	for i, v := range args {
		p := d.param(i)
		if math.IsNaN(v) || !p.allows(v) {
			return false
		}
		possible = possible || !math.IsInf(v, -1)
	}
	return possible || d.Params[0].Width != PerClass
}

// param is the parameter that argument i belongs to: only the last has several.
func (d *Dist) param(i int) *Param { return &d.Params[min(i, len(d.Params)-1)] }

// allows reports whether v is a value of p, or its limit where that will do.
func (p *Param) allows(v float64) bool {
	switch {
	case p.Support == Positive:
		return (v > 0 || p.Zero && v == 0) && !math.IsInf(v, 1)
	case p.Support == Unit:
		return v >= 0 && v <= 1
	case p.Support == Count:
		return v >= 0 && v == math.Trunc(v) && !math.IsInf(v, 1)
	case p.Width == PerClass:
		return !math.IsInf(v, 1)
	}
	return true
}

// Text is the distribution with its arguments, as in Normal(mean=0, var=1).
func (d *Dist) Text(args []float64) string {
	var parts []string
	for i, p := range d.Params {
		if p.Width != PerCoordinate {
			parts = append(parts, fmt.Sprintf("%s=%v", p.Name, args[i:]))
			break
		}
		parts = append(parts, fmt.Sprintf("%s=%.4g", p.Name, args[i]))
	}
	return fmt.Sprintf("%s(%s)", d.Name, strings.Join(parts, ", "))
}
