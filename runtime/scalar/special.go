package scalar

import "math"

// specialOps are functions of statistics that no kernel has: programs evaluate
// them one number after another, in float64.
func specialOps() map[string]operator {
	return map[string]operator{
		"trigamma": {1, unary(trigamma), refuse},
		"lbeta":    {2, binary(lbeta), lbetaGrad},
		"dlbeta":   {2, binary(dlbeta), dlbetaGrad},
		"log1mexp": one(log1mexp, func(_, d, a *Expr) *Expr { return Div(d, Call("expm1", a)) }),
		"logndtr": one(logNormalCDF, func(e, d, a *Expr) *Expr {
			return Mul(d, Call("exp", Sub(Sub(Mul(Num(-0.5), Square(a)), e), Num(0.5*math.Log(2*math.Pi)))))
		}),
		"logi0e": one(logI0e, func(_, d, a *Expr) *Expr { return Mul(d, Sub(Call("i1i0", a), Num(1))) }),
		"i1i0": one(besselRatio, func(e, d, a *Expr) *Expr {
			return Mul(d, Sub(Sub(Num(1), Div(e, a)), Square(e)))
		}),
	}
}

func binary(f func(a, b float64) float64) func([maxArity]float64) float64 {
	return func(x [maxArity]float64) float64 { return f(x[0], x[1]) }
}

// lbeta is the logarithm of the beta function B(a,b).
func lbeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

// dlbeta is the derivative of lbeta by a, taken as one function: in float32 the
// difference of two digammas would be lost where b is small beside a.
func dlbeta(a, b float64) float64 { return digamma(a) - digamma(a+b) }

func lbetaGrad(e, d *Expr) []*Expr {
	a, b := e.Args[0], e.Args[1]
	return []*Expr{Mul(d, Call("dlbeta", a, b)), Mul(d, Call("dlbeta", b, a))}
}

func dlbetaGrad(e, d *Expr) []*Expr {
	a, b := e.Args[0], e.Args[1]
	both := Call("trigamma", Add(a, b))
	return []*Expr{Mul(d, Sub(Call("trigamma", a), both)), Neg(Mul(d, both))}
}

// log1mexp is log(1 - exp(-x)) for x above zero (Maechler 2012).
func log1mexp(x float64) float64 {
	if x > math.Ln2 {
		return math.Log1p(-math.Exp(-x))
	}
	return math.Log(-math.Expm1(-x))
}

// logNormalCDF is the log of the standard normal distribution function; far below
// zero by its asymptotic series (Abramowitz & Stegun 26.2.12), to 1e-12.
func logNormalCDF(x float64) float64 {
	switch {
	case x > 0:
		return math.Log1p(-math.Erfc(x/math.Sqrt2) / 2)
	case !(x < -30): // also NaN
		return math.Log(math.Erfc(-x/math.Sqrt2) / 2)
	}
	v := 1 / (x * x)
	return -x*x/2 - math.Log(-x) - 0.5*math.Log(2*math.Pi) + math.Log1p(-v*(1-v*(3-15*v)))
}

// logI0e is log(exp(-x) I0(x)) for the modified Bessel function I0 and x from zero.
func logI0e(x float64) float64 {
	i0, _ := besselI(x)
	return math.Log(i0)
}

// besselRatio is I1(x)/I0(x), the mean resultant length of a von Mises.
func besselRatio(x float64) float64 {
	i0, i1 := besselI(x)
	return i1 / i0
}

// besselI is exp(-x) I0(x) and exp(-x) I1(x): by the power series (Abramowitz &
// Stegun 9.6.10), whose terms are all positive, and where x is large by the
// asymptotic one (9.7.1), whose terms are below 1e-16 before they rise again.
func besselI(x float64) (i0, i1 float64) {
	switch {
	case !(x >= 0): // also NaN
		return math.NaN(), math.NaN()
	case x > 20:
		return besselTail(x, 0), besselTail(x, 4)
	}
	term, next := math.Exp(-x), math.Exp(-x)*x/2
	for k := 1.0; i0+term != i0 || i1+next != i1; k++ {
		i0, i1 = i0+term, i1+next
		term *= x * x / 4 / (k * k)
		next *= x * x / 4 / (k * (k + 1))
	}
	return i0, i1
}

// besselTail is the asymptotic series of order n, mu = 4n².
func besselTail(x, mu float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; k < 2*x && sum+term != sum; k++ {
		term *= -(mu - (2*k-1)*(2*k-1)) / (k * 8 * x)
		sum += term
	}
	return sum / math.Sqrt(2*math.Pi*x)
}
