package scalar

// A Tape evaluates a formula at one point after another, without the maps of
// Eval: its operators in turn, each by what Eval takes for it. It is not safe for
// use by several goroutines at a time.
type Tape struct {
	// In is where the point goes: a number for each variable.
	In []float64

	regs []float64 // In, and then what the operators yield
	code []taped
	out  int
}

// A taped is one operator and where its arguments and its value are.
type taped struct {
	eval func([maxArity]float64) float64
	args [maxArity]int
	n    int
	dst  int
}

// Tape prepares to evaluate e at values of vars. It panics where e has another
// variable.
func (e *Expr) Tape(vars []string) *Tape {
	t := &Tape{regs: make([]float64, len(vars))}
	at := map[*Expr]int{}
	for i, v := range vars {
		at[Var(v)] = i
	}
	t.out = t.place(e, at)
	t.In = t.regs[:len(vars)]
	return t
}

// place is where the value of e will be.
func (t *Tape) place(e *Expr, at map[*Expr]int) int {
	if i, ok := at[e]; ok {
		return i
	}
	var c taped
	switch e.Op {
	case "var":
		panic("scalar: no variable " + e.Name)
	case "num":
	default:
		c = taped{eval: ops[e.Op].eval, n: len(e.Args)}
		for i, a := range e.Args {
			c.args[i] = t.place(a, at)
		}
	}
	c.dst = len(t.regs)
	at[e] = c.dst
	t.regs = append(t.regs, e.Value)
	if c.eval != nil {
		t.code = append(t.code, c)
	}
	return c.dst
}

// Run is the value of the formula at In.
func (t *Tape) Run() float64 {
	for i := range t.code {
		c := &t.code[i]
		var x [maxArity]float64
		for k := range c.n {
			x[k] = t.regs[c.args[k]]
		}
		t.regs[c.dst] = c.eval(x)
	}
	return t.regs[t.out]
}
