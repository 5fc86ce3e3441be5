package cpu

// Flops is floating-point operations on single numbers, of rows that there are:
// nothing is padding.
type Flops struct {
	Products float64 // of matrix products: 2 m k n
	Others   float64 // of formulas, one an instruction whatever it takes, and of filters, roughly
}

// Add adds g to f.
func (f *Flops) Add(g Flops) {
	f.Products += g.Products
	f.Others += g.Others
}

// Total is all of f.
func (f Flops) Total() float64 { return f.Products + f.Others }

// times is n times f.
func (f Flops) times(n int) Flops { return Flops{f.Products * float64(n), f.Others * float64(n)} }

// Flops is what the sizes of the last run take, forwards and, for the gradient,
// back.
func (x *Machine[F]) Flops() (forward, back Flops) {
	for _, t := range x.forward {
		forward.Add(t.flops())
	}
	for _, t := range x.backward {
		back.Add(t.flops())
	}
	return forward, back
}

// flops is what the task takes at the sizes of the last run.
func (t *task[F]) flops() (sum Flops) {
	for _, o := range operationsOf[F](t.stage) {
		sum.Add(workOf(o, t.back))
	}
	return sum
}

// operationsOf is the operations of a stage.
func operationsOf[F Float](s stage) []operation[F] {
	switch s := s.(type) {
	case *scan[F]:
		return s.steps
	case alone[F]:
		return []operation[F]{s.operation}
	}
	return nil
}

// workOf is what an operation takes, forwards or back.
func workOf[F Float](o operation[F], back bool) Flops {
	w, ok := o.(worker)
	if !ok {
		return Flops{}
	}
	forward, backward := w.work()
	if back {
		return backward
	}
	return forward
}

// A worker is an operation that does more than move numbers.
type worker interface {
	// work is what it takes at the sizes of the last run, forwards, and back to
	// the inputs whose gradients are wanted.
	work() (forward, back Flops)
}

// wanted counts those of the inputs whose gradients are wanted.
func (l *links[F]) wanted(inputs ...int) (n int) {
	for _, i := range inputs {
		if l.wants(i) {
			n++
		}
	}
	return n
}

// wanting is one if the gradient of any input is wanted, else none.
func (l *links[F]) wanting() int {
	for i := range l.in {
		if l.wants(i) {
			return 1
		}
	}
	return 0
}

// work is one product forwards, and one back for each factor.
func (a *affine[F]) work() (forward, back Flops) {
	forward.Products = 2 * float64(a.out.rows) * float64(a.in[0].cols) * float64(a.out.cols)
	return forward, forward.times(a.wanted(0, 1))
}

// work is that of the formula, and of its derivatives, element by element.
func (m *mapOp[F]) work() (forward, back Flops) {
	n := float64(m.out.rows * m.width)
	forward.Others = n * float64(m.fwd.prog.Cost())
	if m.bwd != nil {
		back.Others = n * float64(m.bwd.prog.Cost())
	}
	return forward, back
}

func (n *nade[F]) work() (forward, back Flops) {
	forward.Others = float64(n.cost(n.out.rows))
	return forward, forward.times(2 * (min(1, n.wanted(1, 2)) + min(1, n.wanted(3, 4))))
}

func (o *rowwiseOp[F]) work() (forward, back Flops) {
	if m, ok := o.threads[0].solver.(mulSolver); ok {
		forward.Products = 2 * float64(o.out.rows) * float64(m.M*m.K*m.N)
		return forward, forward.times(o.wanted(0, 1))
	}
	forward.Others = float64(o.out.rows) * float64(o.cost)
	return forward, forward.times(2 * o.wanting())
}

func (s *sequencesOp[F]) work() (forward, back Flops) {
	forward.Others = float64(s.layout().N) * float64(s.cost)
	return forward, forward.times(2 * s.wanting())
}
