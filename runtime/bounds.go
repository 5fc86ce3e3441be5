package runtime

import "math"

// Bounded reports whether the value that the model uses has a bound.
func (p Param) Bounded() bool { return p.Low != nil || p.High != nil }

// Natural is the value that the model uses where the array holds raw, a number
// on the real line: Low + exp(raw) above one bound, High - exp(raw) below one,
// and Low + (High - Low) / (1 + exp(-raw)) between two.
func (p Param) Natural(raw float64) float64 {
	switch {
	case p.Low != nil && p.High != nil:
		return *p.Low + (*p.High-*p.Low)/(1+math.Exp(-raw))
	case p.Low != nil:
		return *p.Low + math.Exp(raw)
	case p.High != nil:
		return *p.High - math.Exp(raw)
	}
	return raw
}

// Raw is the number on the real line that Natural gives value for; it is not
// finite where value lies on a bound, and NaN where it lies beyond.
func (p Param) Raw(value float64) float64 {
	switch {
	case p.Low != nil && p.High != nil:
		return math.Log((value - *p.Low) / (*p.High - value))
	case p.Low != nil:
		return math.Log(value - *p.Low)
	case p.High != nil:
		return math.Log(*p.High - value)
	}
	return value
}
