package scalar

// Apply is Call.
func Apply(f string, args ...*Expr) *Expr { return Call(f, args...) }

// Vars is the names of e's variables in the order of their first appearance.
func (e *Expr) Vars() []string {
	var names []string
	seen, visited := map[string]bool{}, map[*Expr]bool{}
	var walk func(*Expr)
	walk = func(e *Expr) {
		if visited[e] {
			return
		}
		visited[e] = true
		if e.Op == "var" && !seen[e.Name] {
			seen[e.Name] = true
			names = append(names, e.Name)
		}
		for _, a := range e.Args {
			walk(a)
		}
	}
	walk(e)
	return names
}

// Subst is e with formulas in place of variables.
func (e *Expr) Subst(by map[string]*Expr) *Expr {
	done := map[*Expr]*Expr{}
	var walk func(*Expr) *Expr
	walk = func(e *Expr) *Expr {
		if r, ok := done[e]; ok {
			return r
		}
		r := e
		switch {
		case e.Op == "var" && by[e.Name] != nil:
			r = by[e.Name]
		case len(e.Args) > 0:
			args := make([]*Expr, len(e.Args))
			for i, a := range e.Args {
				args[i] = walk(a)
			}
			r = Apply(e.Op, args...)
		}
		done[e] = r
		return r
	}
	return walk(e)
}
