package compiler

import (
	"fmt"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// exact reports whether the guide sums the latents out exactly.
func (u *unit) exact() bool { return u.guide.Kind == "exact" }

// exactStates gives the latents nodes that stand for their values: the model's
// densities are then functions of them, to be recognised and summed out.
func (u *unit) exactStates() {
	u.markClasses()
	for _, z := range u.latents() {
		u.build.Pos = position(z.decl.Span)
		if z.Kind == runtime.OneOf {
			continue
		}
		z.node = u.build.Input(op.Source{Kind: op.Noise, Name: "state " + z.Name}, op.PerFrame(z.Cols()))
	}
}

// A kalman collects the matrices of a linear-Gaussian model. The state is all
// latents side by side.
type kalman struct {
	u     *unit
	lin   *linearizer
	order []*variable
	at    map[string]int // where a latent begins in the state
	n     int
}

// formExact recognises a linear-Gaussian model and makes one term of it: the
// likelihood by the Kalman filter. What the latents do not touch stays a term
// of its own.
func (u *unit) formExact() {
	if c := u.chains(); c != nil {
		u.formFinite(c)
		return
	}
	k := &kalman{u: u, order: u.latents(), at: map[string]int{}, lin: &linearizer{b: u.build,
		latent: map[*ir.Node]*variable{}, memo: map[*ir.Node]*linear{}}}
	for _, z := range k.order {
		k.lin.latent[z.node], k.at[z.Name] = z, k.n
		k.n += z.Cols()
	}
	A, b, Q, full, ok := k.dynamics()
	if !ok {
		return
	}
	seen, rest, ok := k.emissions()
	if !ok {
		return
	}
	spec := op.Kalman{State: k.n, Obs: seen.p, FullQ: full}
	like := u.build.Apply(spec, u.build.Concat(seen.y...), seen.here(u.build), A, b, Q, seen.C, u.build.Concat(seen.d...), u.build.Concat(seen.R...))
	t := u.term(runtime.Likelihood, fmt.Sprintf("log p(%s | the past)", joinNames(seen.names)), seen.first, u.guide.Span, "exact", like)
	u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	for _, d := range rest {
		t := u.term(runtime.Likelihood, "log "+u.densityText("p", d.v), d.v, d.at, "exact", d.dist.Density(u.build, d.v.node, d.nodes(), d.v.present))
		u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	}
}

// formFinite makes the terms of a model whose latents are all classes.
func (u *unit) formFinite(c *chains) {
	for _, z := range u.drawn() {
		u.errorf(diag.NotExact, z.decl.Span, "%s is no class: exact inference sums over classes alone, or over what is linear and Gaussian", z.Name).
			Helpf("sum over %[1]s, and draw the others: guide G = sum(%[1]s[t]) * q(%[2]s | ...), or --guide auto", c.vars[0].Name, z.ref())
		return
	}
	u.formChain(c)
	for _, d := range u.likes {
		t := u.term(runtime.Likelihood, "log "+u.densityText("p", d.v), d.v, d.at, "exact", d.dist.Density(u.build, d.v.node, d.nodes(), d.v.present))
		u.terms, u.sampled = append(u.terms, t), append(u.sampled, t)
	}
}

// notExact reports the statement that breaks exact inference.
func (u *unit) notExact(at diag.Span, format string, args ...any) {
	u.errorf(diag.NotExact, at, format, args...).Helpf("fit with a guide that samples: ST_R, or auto")
}

// A motion is how the state comes about at a step, all latents side by side:
// s[t] ~ Normal(B s[t] + A s[t-1] + b, diag q), where B lets a latent read those
// drawn before it at the same time.
type motion struct {
	b, q   []*ir.Node
	same   map[[2]*variable]gain // B, by target and source
	before map[[2]*variable]gain // A
}

// dynamics is s[t] ~ Normal(A s[t-1] + b, Q); in the first step b and Q are
// those of the first statements.
func (k *kalman) dynamics() (A, b, Q *ir.Node, full, ok bool) {
	steps, ok := k.motion(false)
	if !ok {
		return nil, nil, nil, false, false
	}
	first, ok := k.motion(true)
	if !ok {
		return nil, nil, nil, false, false
	}
	if A, ok = k.matrix(steps.before); !ok {
		return nil, nil, nil, false, false
	}
	build := k.u.build
	b1, b2 := build.Concat(first.b...), build.Concat(steps.b...)
	q1, q2 := build.Concat(first.q...), build.Concat(steps.q...)
	if full = len(first.same)+len(steps.same) > 0; full {
		L1, ok1 := k.mixing(first.same)
		L2, ok2 := k.mixing(steps.same)
		if !ok1 || !ok2 || A.Shape.Axis != op.Once || A.Shape.Rows != k.n {
			k.u.notExact(k.u.guide.Span, "how the latents move with each other varies in time")
			return nil, nil, nil, false, false
		}
		A = build.MatMul(L2, A, false)
		b1, b2 = build.MatMul(b1, L1, true), build.MatMul(b2, L2, true)
		q1, q2 = k.covariance(q1, L1), k.covariance(q2, L2)
	}
	return A, k.frames(build.Splice(0, b1, b2)), k.frames(build.Splice(0, q1, q2)), full, true
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
		mean, variance, ok := k.gaussian(z, rel, at)
		if !ok || !k.gains(m, z, mean, rel, first) {
			return nil, false
		}
		m.b, m.q = append(m.b, k.wide(mean.rest, z)), append(m.q, k.wide(variance, z))
	}
	return m, true
}

// stay is a latent that has one value a sequence: it remains what it was.
func (k *kalman) stay(m *motion, z *variable) {
	build := k.u.build
	m.before[[2]*variable{z, z}] = gain{scale: build.Number(1)}
	m.b, m.q = append(m.b, build.Fill(0, 1, z.Cols())), append(m.q, build.Fill(0, 1, z.Cols()))
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
			k.u.notExact(rel.Span, "%s[t] reads %s[t-%d]: exact inference takes one step back", z.Name, p.name, p.lag)
			return false
		}
	}
	return true
}

// mixing is (I - B)^-1, a finite sum of powers: no latent reads itself at the
// same time, even through others.
func (k *kalman) mixing(same map[[2]*variable]gain) (*ir.Node, bool) {
	B, ok := k.matrix(same)
	if !ok || B.Shape.Axis != op.Once || B.Shape.Rows != k.n {
		return nil, false
	}
	build := k.u.build
	L := k.lin.identity(k.n)
	for range len(k.order) - 1 {
		L = build.Call("+", k.lin.identity(k.n), build.MatMul(B, L, false))
	}
	return L, true
}

// covariance is L diag(q) L' for every row of q, as n*n numbers: q times the
// matrix that has, in row i, the products of column i of L.
func (k *kalman) covariance(q, L *ir.Node) *ir.Node {
	build, n := k.u.build, k.n
	rows, cols := make([]float64, n*n*n), make([]float64, n*n*n)
	for i := range n {
		for j := range n {
			rows[i*n*n+i*n+j], cols[j*n*n+i*n+j] = 1, 1
		}
	}
	spread := func(data []float64) *ir.Node {
		transposed := build.MatMul(k.lin.identity(n), L, true)
		return build.MatMul(transposed, build.Apply(&op.Const{Rows: n, Cols: n * n, Data: data}), false)
	}
	return build.MatMul(q, build.Call("*", spread(rows), spread(cols)), false)
}

func (k *kalman) wide(n *ir.Node, v *variable) *ir.Node { return k.u.build.Widen(n, v.Cols()) }

// frames gives a node a row a frame.
func (k *kalman) frames(n *ir.Node) *ir.Node {
	if n.Shape.Axis == op.Frame {
		return n
	}
	return k.u.build.Apply(op.Expand{To: op.PerFrame(n.Shape.Cols)}, n)
}

// gaussian is the mean, linear in latents, and the variance, free of them, of a
// statement for v.
func (k *kalman) gaussian(v *variable, rel *lang.Relation, at int) (*linear, *ir.Node, bool) {
	d, ok := k.u.root().one(v, rel, at)
	if !ok {
		return nil, nil, false
	}
	return k.moments(v, d, rel)
}

func (k *kalman) moments(v *variable, d *draw, rel *lang.Relation) (*linear, *ir.Node, bool) {
	if d.dist != dist.Normal {
		k.u.notExact(d.at, "exact inference needs %s to be Normal, and it is %s", v.Name, d.dist.Name)
		return nil, nil, false
	}
	p := d.dist.Canonical(k.u.build, d.nodes())
	mean, variance := k.lin.of(k.wide(p["mean"], v)), k.lin.of(p["var"])
	switch {
	case mean == nil:
		k.u.notExact(rel.Span, "the mean of %s is not linear in the latents", v.Name)
	case variance == nil || len(variance.by) > 0:
		k.u.notExact(rel.Span, "the variance of %s depends on the latents", v.Name)
	default:
		return mean, variance.rest, true
	}
	return nil, nil, false
}

// matrix assembles a matrix [n,n] of its blocks, or, where a gain varies in
// time, [N,n*n].
func (k *kalman) matrix(by map[[2]*variable]gain) (*ir.Node, bool) {
	static := true
	for _, g := range by {
		static = static && (g.scale == nil || g.scale.Shape.Axis == op.Once)
	}
	A := k.u.build.Fill(0, k.n, k.n)
	if !static {
		A = k.u.build.Fill(0, 1, k.n*k.n)
	}
	for _, z := range k.order {
		for _, from := range k.order {
			g, ok := by[[2]*variable{z, from}]
			if !ok {
				continue
			}
			block, ok := k.block(g, from, z, static)
			if !ok {
				k.u.notExact(z.steps.Span, "how %s[t] moves with %s varies in time in a way that exact inference cannot follow", z.Name, from.Name)
				return nil, false
			}
			A = k.u.build.Call("+", A, block)
		}
	}
	return A, true
}

// block is a gain of z by from in its place in A.
func (k *kalman) block(g gain, from, z *variable, static bool) (*ir.Node, bool) {
	b := k.u.build
	if static {
		m := k.lin.matrix(lagged{from.Name, 1}, g, z.Cols()) // [from,z]
		return b.MatMul(k.place(z), b.MatMul(b.MatMul(k.lin.identity(z.Cols()), m, true), k.place(from), true), false), true
	}
	if g.scale == nil || from.Cols() != 1 && from.Cols() != z.Cols() {
		return nil, false
	}
	return k.spread(g, from, z, k.at[z.Name], k.n), true
}

// place is the constant [n,v] that puts v in its place in the state.
func (k *kalman) place(v *variable) *ir.Node {
	return k.selection(k.n, v.Cols(), k.at[v.Name])
}

func (k *kalman) selection(rows, cols, at int) *ir.Node {
	data := make([]float64, rows*cols)
	for i := range cols {
		data[(at+i)*cols+i] = 1
	}
	return k.u.build.Apply(&op.Const{Rows: rows, Cols: cols, Data: data})
}

// An emission is x[t] ~ Normal(C s[t] + d, R) for all observed variables that
// the latents touch, side by side.
type emission struct {
	p          int
	y, d, R    []*ir.Node
	present    []*ir.Node // nil where nothing is missing
	C          *ir.Node   // [p,n]
	names      []string
	first      *variable
	incomplete bool
}

// here is which components were observed.
func (e *emission) here(b *ir.Builder) *ir.Node {
	if !e.incomplete {
		return b.Fill(1, 1, e.p)
	}
	var parts []*ir.Node
	for i, n := range e.present {
		if n == nil {
			n = b.Apply(op.Expand{To: op.PerFrame(e.y[i].Shape.Cols)}, b.Fill(1, 1, e.y[i].Shape.Cols))
		}
		parts = append(parts, n)
	}
	return b.Concat(parts...)
}

// A piece is an observed variable that the latents touch, and how.
type piece struct {
	v    *variable
	mean *linear
}

// emissions sorts the observed variables: those that the latents touch, and the
// others.
func (k *kalman) emissions() (*emission, []*draw, bool) {
	e := &emission{}
	var rest []*draw
	var pieces []piece
	for _, d := range k.u.likes {
		if !k.touched(d) {
			rest = append(rest, d)
			continue
		}
		mean, ok := k.observe(e, d)
		if !ok {
			return nil, nil, false
		}
		pieces = append(pieces, piece{d.v, mean})
	}
	if len(pieces) == 0 {
		k.u.notExact(k.u.guide.Span, "nothing that is observed depends on the latents")
		return nil, nil, false
	}
	e.first = pieces[0].v
	return e, rest, k.loadings(e, pieces)
}

// observe sets d's variable beside those in e.
func (k *kalman) observe(e *emission, d *draw) (*linear, bool) {
	mean, variance, ok := k.moments(d.v, d, d.v.steps)
	if !ok {
		return nil, false
	}
	for p := range mean.by {
		if p.lag != 0 && k.u.names[p.name].(*variable).Timed {
			k.u.notExact(d.v.steps.Span, "%s[t] reads %s[t-%d]: exact inference takes what is observed of the latents at its own time", d.v.Name, p.name, p.lag)
			return nil, false
		}
	}
	e.y, e.d, e.R = append(e.y, d.v.node), append(e.d, k.frames(mean.rest)), append(e.R, k.frames(k.wide(variance, d.v)))
	e.present, e.names = append(e.present, d.v.present), append(e.names, d.v.Name+"[t]")
	e.incomplete = e.incomplete || d.v.present != nil
	e.p += d.v.Cols()
	return mean, true
}

// loadings assembles C of its blocks: static [p,n], or, where a gain varies in
// time, [N,p*n].
func (k *kalman) loadings(e *emission, pieces []piece) bool {
	static := true
	for _, p := range pieces {
		for _, g := range p.mean.by {
			static = static && (g.scale == nil || g.scale.Shape.Axis == op.Once)
		}
	}
	e.C = k.u.build.Fill(0, e.p, k.n)
	if !static {
		e.C = k.u.build.Fill(0, 1, e.p*k.n)
	}
	at := 0
	for _, p := range pieces {
		for _, from := range k.order { // in order: sums are the same to the last bit each time
			g, ok := p.mean.by[lagged{from.Name, 0}]
			if !ok {
				continue
			}
			block, ok := k.loading(g, from, p.v, at, e.p, static)
			if !ok {
				k.u.notExact(p.v.steps.Span, "how %s[t] moves with %s[t] varies in time in a way that exact inference cannot follow", p.v.Name, from.Name)
				return false
			}
			e.C = k.u.build.Call("+", e.C, block)
		}
		at += p.v.Cols()
	}
	return true
}

// loading is a gain of v by from in its place in C, whose rows from at are v's.
func (k *kalman) loading(g gain, from, v *variable, at, rows int, static bool) (*ir.Node, bool) {
	b := k.u.build
	if static {
		m := k.lin.matrix(lagged{from.Name, 0}, g, v.Cols())
		row := b.MatMul(b.MatMul(k.lin.identity(v.Cols()), m, true), k.place(from), true)
		return b.MatMul(k.selection(rows, v.Cols(), at), row, false), true
	}
	if g.scale == nil {
		return nil, false
	}
	return k.spread(g, from, v, at, rows), true
}

// spread is a gain that varies in time as the numbers of its matrix, rows by the
// state's size, for every frame.
func (k *kalman) spread(g gain, from, v *variable, at, rows int) *ir.Node {
	data := make([]float64, v.Cols()*rows*k.n)
	for i := range v.Cols() {
		col := k.at[from.Name]
		if from.Cols() > 1 {
			col += i
		}
		data[i*rows*k.n+(at+i)*k.n+col] = 1
	}
	b := k.u.build
	place := b.Apply(&op.Const{Rows: v.Cols(), Cols: rows * k.n, Data: data})
	return b.MatMul(k.frames(k.wide(g.scale, v)), place, false)
}

// touched reports whether a density depends on a latent.
func (k *kalman) touched(d *draw) bool {
	found := false
	for _, n := range d.nodes() {
		ir.Visit([]*ir.Node{n}, func(n *ir.Node) { found = found || k.lin.latent[n] != nil })
	}
	return found
}
