package cpu

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ssmc/runtime"
)

// Carried is what the machine knows of the sequences that go on, in float32.
func (x *Machine[F]) Carried() (out []runtime.Carried) {
	if x.env.carry == nil {
		return nil
	}
	for i, m := range x.env.carry.recalls {
		for _, n := range slices.Sorted(maps.Keys(m.kept)) {
			out = append(out, runtime.Carried{Op: i, Sequence: n, Step: m.steps[n], Rows: narrow(m.kept[n])})
		}
	}
	return out
}

// Carry has the machine know what another one told of itself by Carried.
func (x *Machine[F]) Carry(list []runtime.Carried) error {
	c := x.env.carry
	if c == nil {
		if len(list) > 0 {
			return fmt.Errorf("the machine was built without carrying")
		}
		return nil
	}
	clear(c.steps)
	c.samples = 0
	for _, m := range c.recalls {
		clear(m.kept)
	}
	for _, s := range list {
		if err := c.know(s); err != nil {
			return err
		}
	}
	return c.complete()
}

// know takes up what one operation knows of a sequence.
func (c *carry[F]) know(s runtime.Carried) error {
	if s.Op < 0 || s.Op >= len(c.recalls) {
		return fmt.Errorf("there is no operation %d that carries", s.Op)
	}
	m := c.recalls[s.Op]
	size := m.by * m.of.out.shape.Cols
	if m.of.out.shape.Sampled {
		c.samples = cmp.Or(c.samples, len(s.Rows)/size)
		size *= c.samples
	}
	if next, ok := c.steps[s.Sequence]; ok && next != s.Step || s.Step < 1 || size == 0 || len(s.Rows) != size {
		return fmt.Errorf("operation %d carries %d numbers to step %d of sequence %d, which do not fit", s.Op, len(s.Rows), s.Step, s.Sequence)
	}
	c.steps[s.Sequence] = s.Step
	rows := make([]F, len(s.Rows))
	for i, v := range s.Rows {
		rows[i] = F(v)
	}
	m.kept[s.Sequence] = rows
	return nil
}

// complete reports a sequence that some operations know and others do not.
func (c *carry[F]) complete() error {
	for i, m := range c.recalls {
		if len(m.kept) != len(c.steps) {
			return fmt.Errorf("operation %d knows %d of %d sequences that go on", i, len(m.kept), len(c.steps))
		}
	}
	return nil
}

// narrow is a copy of x in float32.
func narrow[F Float](x []F) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}
