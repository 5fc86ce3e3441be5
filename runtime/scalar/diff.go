package scalar

// Diff is the partial derivative of e by the variable x.
func (e *Expr) Diff(x string) *Expr { return e.Gradient(Num(1), x)[0] }

// Gradient is d times the partial derivatives of e by the variables vars, found
// from the result back to the variables, so that they share their parts.
func (e *Expr) Gradient(d *Expr, vars ...string) []*Expr {
	t := tape{wanted: map[*Expr]bool{}, depends: map[*Expr]bool{}, adjoint: map[*Expr]*Expr{e: d}}
	for _, v := range vars {
		t.wanted[Var(v)] = true
	}
	t.visit(e)
	for i := len(t.order) - 1; i >= 0; i-- {
		t.pull(t.order[i])
	}
	grads := make([]*Expr, len(vars))
	for i, v := range vars {
		if grads[i] = t.adjoint[Var(v)]; grads[i] == nil || !t.depends[Var(v)] {
			grads[i] = Num(0)
		}
	}
	return grads
}

// A tape is the state of a backward sweep.
type tape struct {
	wanted, depends map[*Expr]bool
	order           []*Expr // arguments first
	adjoint         map[*Expr]*Expr
}

// visit puts e in order, and notes whether it depends on a wanted variable.
func (t *tape) visit(e *Expr) bool {
	if d, ok := t.depends[e]; ok {
		return d
	}
	d := t.wanted[e]
	for _, a := range e.Args {
		if t.visit(a) {
			d = true
		}
	}
	t.depends[e] = d
	t.order = append(t.order, e)
	return d
}

// pull hands e's adjoint on to its arguments.
func (t *tape) pull(e *Expr) {
	d, o := t.adjoint[e], ops[e.Op]
	if d == nil || !t.depends[e] || o.pull == nil {
		return
	}
	for i, g := range o.pull(e, d) {
		a := e.Args[i]
		if g == nil || !t.depends[a] {
			continue
		}
		if sum := t.adjoint[a]; sum != nil {
			g = Add(sum, g)
		}
		t.adjoint[a] = g
	}
}
