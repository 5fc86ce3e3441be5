package dist

import (
	"math"
	"math/rand/v2"
)

// VonMises is the distribution of a direction.
var VonMises = register(Dist{
	Name:   "VonMises",
	Doc:    "An angle in radians, the normal distribution of directions. Its density is normalised over one turn; the formula has that period.",
	Source: "Mardia & Jupp, Directional Statistics, 2000, section 3.5.4; Best & Fisher 1979 for the draws",
	Over:   Angle,
	Closed: true,
	Params: []Param{
		{Name: "loc", Support: Real, Doc: "mean direction, in radians"},
		{Name: "concentration", Support: Positive, Doc: "concentration; where it is large, one over the variance"},
	},
	LogProb: "-2*concentration*sin(0.5*(x - loc))^2 - log(2*pi) - logi0e(concentration)",
	KL: "logi0e(p_concentration) - logi0e(concentration) + p_concentration - concentration" +
		" + i1i0(concentration)*(concentration - p_concentration*cos(loc - p_loc))",
	Draw: drawVonMises,
})

// drawVonMises is by rejection from a wrapped Cauchy; the angle is from -pi to pi.
func drawVonMises(r *rand.Rand, p []float64) float64 {
	loc, k := p[0], p[1]
	tau := 1 + math.Sqrt(1+4*k*k)
	rho := 2 * k / (tau + math.Sqrt(2*tau)) // (tau - sqrt(2 tau))/(2 k), without the cancellation
	s := (1 + rho*rho) / (2 * rho)
	for {
		z := math.Cos(math.Pi * r.Float64())
		f := (1 + s*z) / (s + z)
		if c, u := k*(s-f), r.Float64(); c*(2-c) > u || math.Log(c/u)+1-c >= 0 {
			angle := math.Copysign(math.Acos(min(1, max(-1, f))), r.Float64()-0.5)
			return math.Remainder(loc+angle, 2*math.Pi)
		}
	}
}
