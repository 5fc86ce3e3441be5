package kernel

import "math"

// AdamCoef is the coefficients of one Adam update.
type AdamCoef struct {
	Beta1, Beta2 float64 // decay of the two moments
	Step         float64 // step size, bias-corrected
	Eps          float64 // added to the root, bias-corrected
	Scale        float64 // factor on the gradient; zero stands for one
}

// AdamStep returns the coefficients of update t = 1, 2, ... with the bias
// corrections folded into the step size and eps, so that the update is that of
// Kingma & Ba (2015), algorithm 1.
func AdamStep(rate, beta1, beta2, eps float64, t int) AdamCoef {
	root := math.Sqrt(1 - math.Pow(beta2, float64(t)))
	return AdamCoef{
		Beta1: beta1, Beta2: beta2,
		Step: rate * root / (1 - math.Pow(beta1, float64(t))),
		Eps:  eps * root,
	}
}

// Adam updates parameters w and the moments m and v of their gradients g, all of
// one length:
//
//	m += (1-Beta1) (Scale g - m)
//	v += (1-Beta2) ((Scale g)² - v)
//	w -= Step m / (sqrt(v) + Eps)
func Adam[F Float](w, m, v, g []F, c AdamCoef) {
	if c.Scale == 0 {
		c.Scale = 1
	}
	n := len(w)
	tableOf[F]().adam(w, m[:n], v[:n], g[:n], F(c.Beta1), F(1-c.Beta1), F(c.Beta2), F(1-c.Beta2), F(c.Step), F(c.Eps), F(c.Scale))
}

func plainAdam[F Float](w, m, v, grad []F, beta1, rest1, beta2, rest2, step, eps, scale F) {
	for i, d := range grad {
		d *= scale
		m[i] = beta1*m[i] + rest1*d
		v[i] = beta2*v[i] + rest2*(d*d)
		w[i] -= step * m[i] / (F(math.Sqrt(float64(v[i]))) + eps)
	}
}
