package scalar

import "ssmc/runtime/kernel"

// blockLen is the most numbers in a block: a dozen registers of float32 stay
// within 32 kB of cache.
const blockLen = 640

// A Scratch holds the registers of one run. Runs at the same time need one each.
type Scratch[F kernel.Float] struct {
	regs [][]F
	buf  []F
}

// fit makes room for p's registers, in blocks of n numbers.
func (s *Scratch[F]) fit(p *Program[F], n int) {
	if k := p.ins + p.outs + p.regs; cap(s.regs) < k {
		s.regs = make([][]F, k)
	} else {
		s.regs = s.regs[:k]
	}
	if len(s.buf) < p.regs*n {
		s.buf = make([]F, p.regs*blockLen)
	}
	for i := range p.regs {
		s.regs[p.ins+p.outs+i] = s.buf[i*n : (i+1)*n]
	}
}

// Run evaluates p for n elements: in has one slice a variable, out one an
// output. Outputs must not overlap inputs or each other, except those added to,
// which are added to in turn after all else is written.
func (p *Program[F]) Run(s *Scratch[F], n int, out, in [][]F) {
	switch {
	case n == 0:
		return
	case p.fused != nil:
		p.runFused(s, n, out, in)
		return
	}
	blocks := (n + blockLen - 1) / blockLen
	size := ((n+blocks-1)/blocks + 15) &^ 15 // whole vectors
	s.fit(p, size)
	for lo := 0; lo < n; lo += size {
		hi := min(lo+size, n)
		for i := range p.ins {
			s.regs[i] = in[i][lo:hi]
		}
		for i := range p.outs {
			s.regs[p.ins+i] = out[i][lo:hi]
		}
		for i := range p.code {
			p.code[i].run(s.regs, hi-lo)
		}
	}
}

// runFused evaluates p by its one routine, which keeps values in registers.
func (p *Program[F]) runFused(s *Scratch[F], n int, out, in [][]F) {
	s.regs = s.regs[:0]
	for _, x := range in[:p.ins] {
		s.regs = append(s.regs, x[:n])
	}
	for _, x := range out[:p.outs] {
		s.regs = append(s.regs, x[:n])
	}
	p.fused(n, s.regs, p.constants)
}

func (c *instr[F]) run(regs [][]F, n int) {
	dst, a := regs[c.dst][:n], regs[c.a]
	switch c.kind {
	case apply1:
		kernel.ApplyUnary(kernel.Unary(c.op), dst, a)
	case apply2:
		kernel.ApplyBinary(kernel.Binary(c.op), dst, a, regs[c.b])
	case right:
		kernel.ApplyScalar(kernel.Binary(c.op), dst, a, c.value)
	case left:
		kernel.ApplyScalarLeft(kernel.Binary(c.op), dst, a, c.value)
	default:
		c.move(dst, a, regs)
	}
}

func (c *instr[F]) move(dst, a []F, regs [][]F) {
	switch c.kind {
	case fill:
		for i := range dst {
			dst[i] = c.value
		}
	case choose:
		selectEach(dst, regs[c.c], a, regs[c.b])
	case custom:
		evalEach(customs[c.op], dst, a, regs[c.b])
	case move:
		copy(dst, a)
	}
}

// evalEach writes f(a, b), where f may have no second argument.
func evalEach[F kernel.Float](f string, dst, a, b []F) {
	eval, b := ops[f].eval, b[:len(dst)]
	for i := range dst {
		dst[i] = F(eval([maxArity]float64{float64(a[i]), float64(b[i])}))
	}
}

// selectEach writes a where cond is not zero, else b.
func selectEach[F kernel.Float](dst, cond, a, b []F) {
	cond, a, b = cond[:len(dst)], a[:len(dst)], b[:len(dst)]
	for i, c := range cond {
		v := b[i]
		if c != 0 {
			v = a[i]
		}
		dst[i] = v
	}
}
