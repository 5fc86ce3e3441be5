package inference

import (
	"fmt"
	"slices"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A piece is steps lo to hi (from 0, half open) of a sequence.
type piece struct{ seq, lo, hi int }

func (p piece) frames() int { return p.hi - p.lo }

// A packer turns pieces of the sequences of a set into batches.
type packer struct {
	set   *data.Set
	ports []runtime.Port
	vars  []int     // for each port, the variable of the set; timeStep for dt
	row   []float32 // one piece of one variable
	carry bool      // pieces go on where those before them ended

	layout op.Layout // of the last batch
	starts []int     // of sequences, where a machine keeps the data; nil where batches hold them
}

// timeStep marks the port that is fed with the time between rows.
const timeStep = -1

// newPacker matches the ports of a model with the variables of a set.
func newPacker(set *data.Set, ports []runtime.Port) (*packer, error) {
	p := &packer{set: set, ports: ports}
	for _, port := range ports {
		v := set.Index(port.Name)
		switch {
		case port.Clock != "" && set.TimeUnit == "":
			return nil, fmt.Errorf("%s has no times, which the model reads", set.Name)
		case port.Clock != "":
			v = timeStep
		case v < 0:
			return nil, fmt.Errorf("%s has no variable %s, which the model reads", set.Name, port.Name)
		case set.Vars[v].Size != port.Cols:
			return nil, fmt.Errorf("%s has %s of size %d, the model reads %d", set.Name, port.Name, set.Vars[v].Size, port.Cols)
		}
		p.vars = append(p.vars, v)
	}
	return p, nil
}

// pack fills b with the pieces, longest first, its frames as op.Layout says.
// It reorders list and reuses b's memory.
func (p *packer) pack(b *runtime.Batch, list []piece) {
	slices.SortStableFunc(list, func(x, y piece) int { return y.frames() - x.frames() })
	b.Lens, b.Index = b.Lens[:0], b.Index[:0]
	for _, q := range list {
		b.Lens = append(b.Lens, q.frames())
		b.Index = append(b.Index, q.seq)
	}
	if p.carry {
		p.locate(b, list)
	}
	if p.starts != nil {
		b.Rows = b.Rows[:0]
		for _, q := range list {
			b.Rows = append(b.Rows, p.starts[q.seq]+q.lo)
		}
		return
	}
	if b.Data == nil {
		b.Data, b.Present = make([][]float32, len(p.ports)), make([][]float32, len(p.ports))
	}
	p.layout.Set(b.Lens)
	for i := range p.ports {
		p.packPort(b, i, &p.layout, list)
	}
}

// locate says where in their sequences the pieces are.
func (p *packer) locate(b *runtime.Batch, list []piece) {
	b.From, b.More = b.From[:0], b.More[:0]
	for _, q := range list {
		b.From = append(b.From, q.lo)
		b.More = append(b.More, q.hi < p.set.Sequences[q.seq].Len)
	}
}

// packPort fills port i.
func (p *packer) packPort(b *runtime.Batch, i int, l *op.Layout, list []piece) {
	port := p.ports[i]
	rows := l.N
	if port.Static {
		rows = l.B
	}
	b.Data[i] = resize(b.Data[i], rows*port.Cols)
	if port.Missing {
		b.Present[i] = resize(b.Present[i], rows*port.Cols)
	}
	for s, q := range list {
		p.readRows(i, q)
		place(b.Data[i], p.row, port, l, s)
		if port.Missing {
			p.readPresent(i, q)
			place(b.Present[i], p.row, port, l, s)
		}
	}
}

// place writes the rows of sequence s into the array of a port.
func place(dst, rows []float32, port runtime.Port, l *op.Layout, s int) {
	d := port.Cols
	if port.Static {
		copy(dst[s*d:(s+1)*d], rows)
		return
	}
	for t := range l.Len[s] {
		copy(dst[(l.Off[t]+s)*d:][:d], rows[t*d:])
	}
}

// readRows reads a piece of the variable of port i into p.row.
func (p *packer) readRows(i int, q piece) {
	s := &p.set.Sequences[q.seq]
	switch v := p.vars[i]; {
	case v == timeStep:
		p.readSteps(s, q)
	case p.ports[i].Static:
		p.row = s.Rows(v, 0, 1, p.row)
	default:
		p.row = s.Rows(v, q.lo, q.hi, p.row)
	}
}

// readSteps reads the time since the previous row, as Gaps has it.
func (p *packer) readSteps(s *data.Sequence, q piece) {
	p.row = resize(p.row, q.frames())
	for t := range p.row {
		p.row[t] = s.Gap(q.lo + t)
	}
}

// readPresent sets p.row to 1 where a piece of the variable of port i was
// observed and to 0 where it is missing.
func (p *packer) readPresent(i int, q piece) {
	lo, hi := q.lo, q.hi
	if p.ports[i].Static {
		lo, hi = 0, 1
	}
	d := p.ports[i].Cols
	p.row = resize(p.row, (hi-lo)*d)
	var present []bool
	if v := p.vars[i]; v != timeStep {
		present = p.set.Sequences[q.seq].Present(v)
	}
	for j := range p.row {
		p.row[j] = 1
		if present != nil && !present[lo*d+j] {
			p.row[j] = 0
		}
	}
}

// resize gives s length n, keeping its memory where that suffices.
func resize(s []float32, n int) []float32 { return slices.Grow(s[:0], n)[:n] }
