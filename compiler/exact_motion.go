package compiler

import (
	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/runtime/op"
)

// A motion is how the state comes about at a step, all latents side by side:
// s[t] ~ N(B s[t] + A s[t-1] + b, Q), where B lets a latent read those drawn
// before it at the same time.
type motion struct {
	b      []*ir.Node
	q      []noise
	same   map[[2]*variable]gain // B, by target and source
	before map[[2]*variable]gain // A
}

// A noise is the variances of a variable or, if full, its covariance, as rows.
type noise struct {
	node *ir.Node
	full bool
	size int // numbers in the variable
}

// full reports whether a noise is a covariance.
func full(list []noise) bool {
	for _, q := range list {
		if q.full {
			return true
		}
	}
	return false
}

// A dynamics is s[t] ~ N(A s[t-1] + b, Q) as op.Kalman takes it.
type dynamics struct {
	A, b, Q *ir.Node
	full    bool // Q is a covariance
}

// dynamics is how the state moves; in the first step b and Q are those of the
// first statements.
func (k *kalman) dynamics() (dynamics, bool) {
	steps, ok := k.motion(false)
	if !ok {
		return dynamics{}, false
	}
	first, ok := k.motion(true)
	if !ok {
		return dynamics{}, false
	}
	build, n := k.u.build, k.n
	mixed := len(first.same)+len(steps.same) > 0
	full := mixed || full(first.q) || full(steps.q)
	A := k.matrix(steps.before)
	b1, b2 := build.Concat(first.b...), build.Concat(steps.b...)
	q1, q2 := k.covariance(first.q, full), k.covariance(steps.q, full)
	if mixed {
		L1, L2 := k.mixing(first.same), k.mixing(steps.same)
		A = build.BatchMul(op.BatchMul{M: n, K: n, N: n}, L2, A)
		b1, b2 = build.BatchMul(op.BatchMul{M: n, K: n, N: 1}, L1, b1), build.BatchMul(op.BatchMul{M: n, K: n, N: 1}, L2, b2)
		q1, q2 = k.around(L1, q1), k.around(L2, q2)
	}
	return dynamics{k.block(A, n, n), k.frames(build.Splice(0, b1, b2)), k.frames(build.Splice(0, q1, q2)), full}, true
}

// motion collects the statements of all latents: those for t, or for the first
// step.
func (k *kalman) motion(first bool) (*motion, bool) {
	m := &motion{same: map[[2]*variable]gain{}, before: map[[2]*variable]gain{}}
	for _, z := range k.order {
		if z.every() > 1 {
			k.u.notExact(z.decl.Span, "%s is held over blocks of %d steps, and exact inference takes every step alike", z.Name, z.every())
			return nil, false
		}
		if !z.Timed && !first {
			k.stay(m, z)
			continue
		}
		rel, at := z.steps, 0
		if first && len(z.firsts) > 0 {
			rel, at = z.firsts[1], 1
		}
		if len(z.firsts) > 1 {
			k.u.notExact(z.firsts[2].Span, "exact inference takes one first step, and %s has %d", z.Name, len(z.firsts))
			return nil, false
		}
		mean, q, ok := k.gaussian(z, rel, at)
		if !ok || !k.gains(m, z, mean, rel, first) {
			return nil, false
		}
		m.b, m.q = append(m.b, k.wide(mean.rest, z)), append(m.q, q)
	}
	return m, true
}

// stay is a latent that has one value a sequence: it remains what it was.
func (k *kalman) stay(m *motion, z *variable) {
	build := k.u.build
	m.before[[2]*variable{z, z}] = gain{scale: build.Number(1)}
	m.b = append(m.b, build.Fill(0, 1, z.Cols()))
	m.q = append(m.q, noise{build.Fill(0, 1, z.Cols()), false, z.Cols()})
}

// gains sorts how z moves with the latents. What a first step reads of the step
// before is not there, and does not count.
func (k *kalman) gains(m *motion, z *variable, mean *linear, rel *lang.Relation, first bool) bool {
	for p, g := range mean.by {
		from := k.u.names[p.name].(*variable)
		switch {
		case !from.Timed && !first: // the same now as a step before
			m.before[[2]*variable{z, from}] = g
		case p.lag == 0:
			m.same[[2]*variable{z, from}] = g
		case first:
		case p.lag == 1:
			m.before[[2]*variable{z, from}] = g
		default:
			k.u.notExact(rel.Span, "%s[t] reads %s[t-%d]: exact inference takes one step back; a vector can carry earlier steps, z[t][2] what was z[t-1][1]", z.Name, p.name, p.lag)
			return false
		}
	}
	return true
}

// mixing is (I - B)^-1 as rows, a finite sum of powers: no latent reads itself at
// the same time, even through others.
func (k *kalman) mixing(same map[[2]*variable]gain) *ir.Node {
	build, n := k.u.build, k.n
	B, one := k.matrix(same), build.Diagonal(build.Fill(1, 1, n))
	L := one
	for range len(k.order) - 1 {
		L = build.Call("+", one, build.BatchMul(op.BatchMul{M: n, K: n, N: n}, B, L))
	}
	return L
}

// around is L Q L' for matrices as rows.
func (k *kalman) around(L, Q *ir.Node) *ir.Node {
	m := op.BatchMul{M: k.n, K: k.n, N: k.n}
	left := k.u.build.BatchMul(m, L, Q)
	m.TransB = true
	return k.u.build.BatchMul(m, left, L)
}

// covariance is variances side by side or, if full, all of them in their places
// in one covariance, as rows.
func (k *kalman) covariance(list []noise, full bool) *ir.Node {
	build, n := k.u.build, 0
	var parts []*ir.Node
	for _, q := range list {
		n += q.size
		parts = append(parts, q.node)
	}
	if !full {
		return build.Concat(parts...)
	}
	all, at := build.Fill(0, 1, n*n), 0
	for _, q := range list {
		node := q.node
		if !q.full {
			node = build.Diagonal(node)
		}
		all = build.Call("+", all, build.Select(node, inPlace(n, n, at, at, q.size, q.size, func(i, j int) int { return i*q.size + j })))
		at += q.size
	}
	return all
}

// inPlace is From of a Select that sets a matrix [r,c] in a larger one at row top
// and column left; from says where its numbers are.
func inPlace(rows, cols, top, left, r, c int, from func(i, j int) int) []int {
	return ir.Placed(rows, cols, func(i, j int) int {
		if i < top || i >= top+r || j < left || j >= left+c {
			return -1
		}
		return from(i-top, j-left)
	})
}

func (k *kalman) wide(n *ir.Node, v *variable) *ir.Node { return k.u.build.Widen(n, v.Cols()) }

// frames gives a node a row a frame.
func (k *kalman) frames(n *ir.Node) *ir.Node {
	if n.Shape.Axis == op.Frame {
		return n
	}
	return k.u.build.Apply(op.Expand{To: op.PerFrame(n.Shape.Cols)}, n)
}

// block is a matrix as op.Kalman takes it: static [rows,cols], or for every frame.
func (k *kalman) block(n *ir.Node, rows, cols int) *ir.Node {
	if n.Shape.Axis == op.Once {
		return k.u.build.Reshape(n, rows, cols)
	}
	return k.frames(n)
}

// gaussian is the mean, linear in latents, and the noise, free of them, of a
// statement for v.
func (k *kalman) gaussian(v *variable, rel *lang.Relation, at int) (*linear, noise, bool) {
	d, ok := k.u.root().one(v, rel, at)
	if !ok {
		return nil, noise{}, false
	}
	return k.moments(v, d, rel)
}

func (k *kalman) moments(v *variable, d *draw, rel *lang.Relation) (*linear, noise, bool) {
	if d.dist != dist.Normal && d.dist != dist.MVNormal {
		k.u.notExact(d.at, "exact inference needs %s to be Normal or MVNormal, and it is %s", v.Name, d.dist.Name)
		return nil, noise{}, false
	}
	p, spread, word := d.dist.Canonical(k.u.build, d.nodes()), "var", "variance"
	if d.dist == dist.MVNormal {
		spread, word = "cov", "covariance"
	}
	mean, q := k.lin.of(k.wide(p["mean"], v)), k.lin.of(p[spread])
	switch {
	case mean == nil:
		k.u.notExact(rel.Span, "the mean of %s is not linear in the latents", v.Name)
	case q == nil || len(q.by) > 0:
		k.u.notExact(rel.Span, "the %s of %s depends on the latents", word, v.Name)
	case d.dist == dist.MVNormal:
		return mean, noise{q.rest, true, v.Cols()}, true
	default:
		return mean, noise{k.wide(q.rest, v), false, v.Cols()}, true
	}
	return nil, noise{}, false
}

// matrix assembles a matrix [n,n] of its blocks, as rows.
func (k *kalman) matrix(by map[[2]*variable]gain) *ir.Node {
	A := k.u.build.Fill(0, 1, k.n*k.n)
	for _, z := range k.order { // in order: sums are the same to the last bit each time
		for _, from := range k.order {
			if g, ok := by[[2]*variable{z, from}]; ok {
				A = k.u.build.Call("+", A, k.place(g, from, z.Cols(), k.at[z.Name], k.n))
			}
		}
	}
	return A
}

// place is a gain by a latent of what has size numbers, in its place in a matrix
// [rows,n] whose rows from at are its own.
func (k *kalman) place(g gain, from *variable, size, at, rows int) *ir.Node {
	m := k.lin.matrix(lagged{from.Name, 0}, g, size) // [from,size]
	return k.u.build.Select(m, inPlace(rows, k.n, at, k.at[from.Name], size, from.Cols(), func(i, j int) int { return j*size + i }))
}
