package ir

// Cells is nodes as an interpreter holds them, to be forgotten together.
type Cells []*twin

// Cells is the interpreter's own of some nodes. What is the same for every sequence is
// left out: it need not be forgotten.
func (p *Interpreter) Cells(nodes []*Node) (c Cells) {
	for _, n := range nodes {
		if n.Source == nil { // inputs are read anew
			c = append(c, p.twin(n))
		}
	}
	return c
}

// Forget drops what was computed of the cells from time t on, so that it is computed
// anew from inputs that have changed.
func (c Cells) Forget(t int) {
	for _, x := range c {
		for i := t; i < len(x.rows); i++ {
			x.rows[i].turn = 0
		}
	}
}
