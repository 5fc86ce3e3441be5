package dist

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// oracles gives each distribution an independent log density: p has the values
// of its parameters, in order, by their own names.
var oracles = map[string]func(x float64, p [][]float64) float64{
	"Normal": func(x float64, p [][]float64) float64 {
		return distuv.Normal{Mu: p[0][0], Sigma: math.Sqrt(p[1][0])}.LogProb(x)
	},
	"StudentT": func(x float64, p [][]float64) float64 {
		return distuv.StudentsT{Nu: p[0][0], Mu: p[1][0], Sigma: p[2][0]}.LogProb(x)
	},
	"Laplace": func(x float64, p [][]float64) float64 {
		return distuv.Laplace{Mu: p[0][0], Scale: p[1][0]}.LogProb(x)
	},
	"Cauchy": func(x float64, p [][]float64) float64 {
		return distuv.StudentsT{Nu: 1, Mu: p[0][0], Sigma: p[1][0]}.LogProb(x)
	},
	"LogNormal": func(x float64, p [][]float64) float64 {
		return distuv.LogNormal{Mu: p[0][0], Sigma: math.Sqrt(p[1][0])}.LogProb(x)
	},
	"LogitNormal": func(x float64, p [][]float64) float64 {
		normal := distuv.Normal{Mu: p[0][0], Sigma: math.Sqrt(p[1][0])}
		return normal.LogProb(math.Log(x/(1-x))) - math.Log(x*(1-x))
	},
	"Gamma": func(x float64, p [][]float64) float64 {
		return distuv.Gamma{Alpha: p[0][0], Beta: p[1][0]}.LogProb(x)
	},
	"InverseGamma": func(x float64, p [][]float64) float64 {
		return distuv.InverseGamma{Alpha: p[0][0], Beta: p[1][0]}.LogProb(x)
	},
	"Exponential": func(x float64, p [][]float64) float64 { return distuv.Exponential{Rate: p[0][0]}.LogProb(x) },
	"HalfNormal": func(x float64, p [][]float64) float64 {
		return math.Ln2 + distuv.Normal{Sigma: p[0][0]}.LogProb(x)
	},
	"HalfCauchy": func(x float64, p [][]float64) float64 {
		return math.Ln2 + distuv.StudentsT{Nu: 1, Sigma: p[0][0]}.LogProb(x)
	},
	"Beta": func(x float64, p [][]float64) float64 {
		return distuv.Beta{Alpha: p[0][0], Beta: p[1][0]}.LogProb(x)
	},
	"Uniform": func(x float64, p [][]float64) float64 {
		return distuv.Uniform{Min: p[0][0], Max: p[1][0]}.LogProb(x)
	},
	"VonMises": func(x float64, p [][]float64) float64 {
		const n = 1000 // equal steps are exact to rounding for what is periodic
		total := 0.0
		for k := range n {
			total += math.Exp(p[1][0]*math.Cos(2*math.Pi*float64(k)/n)) * 2 * math.Pi / n
		}
		return p[1][0]*math.Cos(x-p[0][0]) - math.Log(total)
	},
	"Bernoulli": func(x float64, p [][]float64) float64 {
		return distuv.Bernoulli{P: logistic(p[0][0])}.LogProb(x)
	},
	"Poisson": func(x float64, p [][]float64) float64 {
		return distuv.Poisson{Lambda: p[0][0]}.LogProb(x)
	},
	"Binomial": func(x float64, p [][]float64) float64 {
		return distuv.Binomial{N: p[0][0], P: logistic(p[1][0])}.LogProb(x)
	},
	"Geometric":        func(x float64, p [][]float64) float64 { return negativeBinomial(x, math.Exp(-p[0][0]), 1) },
	"NegativeBinomial": func(x float64, p [][]float64) float64 { return negativeBinomial(x, p[0][0], 1/p[1][0]) },
	"ZeroInflatedPoisson": func(x float64, p [][]float64) float64 {
		return inflated(x, logistic(p[1][0]), distuv.Poisson{Lambda: p[0][0]}.LogProb(x))
	},
	"ZeroInflatedNegativeBinomial": func(x float64, p [][]float64) float64 {
		return inflated(x, logistic(p[2][0]), negativeBinomial(x, p[0][0], 1/p[1][0]))
	},
	"Categorical": func(x float64, p [][]float64) float64 {
		return distuv.NewCategorical(each(math.Exp)(p[0]), nil).LogProb(x)
	},
	"OrderedLogistic": func(x float64, p [][]float64) float64 {
		cuts := append(append([]float64{math.Inf(-1)}, p[1]...), math.Inf(1))
		return math.Log(logistic(cuts[int(x)+1]-p[0][0]) - logistic(cuts[int(x)]-p[0][0]))
	},
}

// negativeBinomial is the log probability of x successes before r failures,
// factor by factor.
func negativeBinomial(x, mean, r float64) float64 {
	lp := r*math.Log(r/(r+mean)) + x*math.Log(mean/(r+mean))
	for k := range int(x) {
		lp += math.Log((r + float64(k)) / (float64(k) + 1))
	}
	return lp
}

// inflated adds zeros of probability gate.
func inflated(x, gate, logp float64) float64 {
	p := (1 - gate) * math.Exp(logp)
	if x == 0 {
		p += gate
	}
	return math.Log(p)
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// alternatives turns the parameters p into the value of an alternative to one of
// them, v; of a distribution's own where its name is before that of the
// alternative.
var alternatives = map[string]func(v []float64, p [][]float64) []float64{
	"sd":       one(math.Sqrt),
	"logvar":   one(math.Log),
	"log_rate": one(math.Log),
	"log_mean": one(math.Log),
	"scale":    one(func(v float64) float64 { return 1 / v }),
	"gate":     one(logistic),
	"probs":    func(v []float64, _ [][]float64) []float64 { return probabilities(v) },

	"total_count":                         one(func(v float64) float64 { return 1 / v }),
	"Laplace sd":                          one(func(v float64) float64 { return v * math.Sqrt2 }),
	"HalfNormal var":                      one(func(v float64) float64 { return v * v }),
	"Gamma mean":                          func(_ []float64, p [][]float64) []float64 { return []float64{p[0][0] / p[1][0]} },
	"Gamma sd":                            func(_ []float64, p [][]float64) []float64 { return []float64{math.Sqrt(p[0][0]) / p[1][0]} },
	"Beta mean":                           func(_ []float64, p [][]float64) []float64 { return []float64{p[0][0] / (p[0][0] + p[1][0])} },
	"Beta concentration":                  func(_ []float64, p [][]float64) []float64 { return []float64{p[0][0] + p[1][0]} },
	"NegativeBinomial probs":              overdispersed(func(v float64) float64 { return v / (1 + v) }),
	"NegativeBinomial logits":             overdispersed(math.Log),
	"ZeroInflatedNegativeBinomial probs":  overdispersed(func(v float64) float64 { return v / (1 + v) }),
	"ZeroInflatedNegativeBinomial logits": overdispersed(math.Log),
}

// one is a function of the parameter alone.
func one(f func(float64) float64) func([]float64, [][]float64) []float64 {
	return func(v []float64, _ [][]float64) []float64 { return each(f)(v) }
}

// overdispersed is a function of the odds of a success, mean times dispersion.
func overdispersed(f func(float64) float64) func([]float64, [][]float64) []float64 {
	return func(_ []float64, p [][]float64) []float64 { return []float64{f(p[0][0] * p[1][0])} }
}

// probabilities is what log odds are, of one number or of classes.
func probabilities(v []float64) []float64 {
	if len(v) == 1 {
		return each(logistic)(v)
	}
	sum := 0.0
	for _, l := range v {
		sum += math.Exp(l)
	}
	return each(func(l float64) float64 { return math.Exp(l) / sum })(v)
}

func each(f func(float64) float64) func([]float64) []float64 {
	return func(v []float64) []float64 {
		out := make([]float64, len(v))
		for i, x := range v {
			out[i] = f(x)
		}
		return out
	}
}
