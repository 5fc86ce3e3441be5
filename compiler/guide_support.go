package compiler

import (
	"fmt"
	"math"

	"ssmc/compiler/dist"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// pieces is what a net reads of a variable at each time, for the lags from lo to
// hi: numbers as nets like them, and where they are missing.
func (u *unit) pieces(v *variable, lo, hi float64) (out []string) {
	if !v.Timed {
		return []string{u.asInput(v, v.Name)}
	}
	if math.IsInf(lo, 0) {
		lo = 0
	}
	if math.IsInf(hi, 0) {
		hi = 0
	}
	for k := int(lo); k <= int(hi); k++ {
		at := "[" + v.timeText(float64(k)) + "]"
		out = append(out, u.asInput(v, v.Name+at))
		if v.Missing {
			out = append(out, "present("+v.Name+at+")")
		}
	}
	return out
}

// asInput is x, a value of v, as nets like to read it: of the order of one, on
// both sides of zero.
func (u *unit) asInput(v *variable, x string) string {
	switch {
	case !v.Timed && v.Role != "latent":
		return x
	case v.Kind == runtime.Count:
		return "log1p(" + x + ")"
	case v.Kind == runtime.OneOf:
		return fmt.Sprintf("onehot(%s, %d)", x, v.Classes)
	case v.Role != "latent":
		return x
	}
	switch u.latentSupport(v) {
	case dist.Positive:
		return "log(" + x + ")"
	case dist.Unit:
		return "logit(" + x + ")"
	}
	return x
}

// guideFamily is what a one-line guide draws a latent from: a normal number,
// mapped to where the model has it.
func (u *unit) guideFamily(z *variable) string {
	switch u.latentSupport(z) {
	case dist.Positive:
		return dist.LogNormal.Name
	case dist.Unit:
		return dist.LogitNormal.Name
	}
	return dist.Normal.Name
}

// hasMessage reports whether the model draws z from the family that a one-line
// guide does: only then can the two be multiplied.
func (u *unit) hasMessage(z *variable) bool {
	d := u.familyOf(z.steps.Value.Tree())
	if d == nil || d.Name == u.guideFamily(z) {
		return true
	}
	u.errorf(diag.BadArgument, u.guide.Span, "combine=prior multiplies %s with %s, which is no %s", u.guideFamily(z), d.Name, u.guideFamily(z)).
		Helpf("drop combine=prior, or draw %s from %s in the model", z.Name, u.guideFamily(z))
	u.stopped = true
	return false
}

// writeStart writes what stands before a latent's first step.
func (u *unit) writeStart(w *writer, z *variable) {
	if z.Timed {
		w.line("%s[0] = %g", z.Name, u.restOf(z.Name))
	}
}

// triangle is the numbers in a lower triangle of n rows.
func triangle(n int) int { return n * (n + 1) / 2 }
