package dist

import (
	"ssmc/compiler/ir"
	"ssmc/runtime/op"
)

// A Member is a distribution with its parameters, by any of their names.
type Member struct {
	*Dist
	Given map[string]*ir.Node
}

// Divergence is KL(q || p) in nats over n coordinates, [rows,1]; it must have a
// closed form.
func Divergence(b *ir.Builder, q, p Member, n int) *ir.Node {
	if q.classes != nil {
		vars := map[string]*ir.Node{"q": q.Classes(b, q.Given), "p": p.Classes(b, p.Given)}
		return b.Formula(Formula("exp(q)*(q - p)"), vars, true)
	}
	if q.Joint == nil && p.Joint == nil {
		return q.Dist.divergence(b, q.Given, p.Given)
	}
	return b.Call("-", b.Call("neg", entropy(b, q, n)), expected(b, q, p, n))
}

// Closed reports whether KL(q || p) has a closed form.
func Closed(q, p *Dist) bool {
	return q == p && q.KL != "" || isGaussian(q) && isGaussian(p) || q.classes != nil && p.classes != nil
}

func isGaussian(d *Dist) bool { return d == Normal || d == MVNormal }

// entropy is that of a normal distribution of n coordinates, [rows,1].
func entropy(b *ir.Builder, q Member, n int) *ir.Node {
	if q.Dist == Normal {
		v := b.Widen(q.Canonical(b, q.Given)["var"], n)
		return b.Formula(Formula("0.5*(1 + log(2*pi) + log(var))"), map[string]*ir.Node{"var": v}, true)
	}
	s, tri := spread(b, q.Given)
	atMean := b.Rowwise(op.MVNormal{N: n, K: 1, Tri: tri}, b.Fill(0, 1, n), s)
	return b.Call("-", b.Number(float64(n)/2), atMean)
}

// expected is E log p(x) over x ~ q, [rows,1].
func expected(b *ir.Builder, q, p Member, n int) *ir.Node {
	dev := b.Call("-", b.Widen(q.Given["mean"], n), b.Widen(p.Given["mean"], n))
	l := scaleOf(b, q, n)
	if p.Dist == Normal {
		squares := b.BatchMul(op.BatchMul{M: n, K: n, N: 1}, b.Call("square", l), b.Fill(1, 1, n))
		vars := map[string]*ir.Node{"d": dev, "s": squares, "var": b.Widen(p.Canonical(b, p.Given)["var"], n)}
		return b.Formula(Formula("-0.5*(log(2*pi) + log(var) + (d^2 + s)/var)"), vars, true)
	}
	s, tri := spread(b, p.Given)
	return b.Rowwise(op.MVNormal{N: n, K: n + 1, Tri: tri}, b.Concat(dev, b.Transposed(l, n, n)), s)
}

// scaleOf is a lower triangle whose square is the covariance of q, [rows,n*n].
func scaleOf(b *ir.Builder, q Member, n int) *ir.Node {
	if q.Dist == MVNormal {
		return rootOf(b, q.Given)
	}
	return b.Diagonal(b.Call("sqrt", b.Widen(q.Canonical(b, q.Given)["var"], n)))
}
