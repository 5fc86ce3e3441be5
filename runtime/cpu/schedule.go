package cpu

import (
	"ssmc/runtime/schedule"
)

// Schedule is what the machine does, and Memory where it keeps its arrays, for
// another backend to do.
func (x *Machine[F]) Schedule() *Plan[F] {
	p := &Plan[F]{machine: x, known: map[*array[F]]*schedule.Array{}, operations: map[operation[F]]*schedule.Operation{}}
	p.Schedule = schedule.Schedule{Gradient: len(x.gradient)}
	for _, in := range x.inputs {
		p.Inputs = append(p.Inputs, schedule.Input{Array: p.array(in.array), Source: in.source, Index: in.index, Number: in.number})
	}
	p.Forward, p.Backward = p.tasks(x.forward), p.tasks(x.backward)
	p.Clear = p.columns(x.leftover)
	p.Sums = p.sums(x.extra)
	p.Terms, p.Latents = p.arrays(x.values), p.arrays(x.samples)
	p.Total = p.operation(x.total)
	return p
}

// A Plan is a machine's schedule.
type Plan[F Float] struct {
	schedule.Schedule
	machine    *Machine[F]
	known      map[*array[F]]*schedule.Array
	operations map[operation[F]]*schedule.Operation
}

// Memory is where arrays lie with k samples of a sequence.
func (p *Plan[F]) Memory(k int) *schedule.Memory {
	m := &p.machine.env.memory
	m.arrange(k)
	out := &schedule.Memory{Place: map[*schedule.Array]schedule.Place{}, Sizes: m.sizes}
	for _, b := range m.blocks {
		if a := p.known[b.array]; a != nil {
			out.Place[a] = schedule.Place{Size: b.size, Off: b.off}
		}
	}
	return out
}

// array is a in the plan.
func (p *Plan[F]) array(a *array[F]) *schedule.Array {
	if a == nil {
		return nil
	}
	if s := p.known[a]; s != nil {
		return s
	}
	s := &schedule.Array{Shape: a.shape, At: a.off}
	p.known[a] = s
	switch {
	case a.base != nil:
		s.Kind, s.Of = schedule.View, p.array(a.base)
	case a.one != nil:
		s.Kind, s.Of = schedule.Same, p.array(a.one)
	case a.constant != nil:
		s.Kind, s.Const = schedule.Constant, a.constant
	case a.part > 0:
		s.Kind, s.At = schedule.Gradient, a.part-1
	case a.given:
		s.Kind = schedule.Given
	}
	s.Number = len(p.Arrays)
	p.Arrays = append(p.Arrays, s)
	return s
}

func (p *Plan[F]) arrays(list []*array[F]) []*schedule.Array {
	var out []*schedule.Array
	for _, a := range list {
		out = append(out, p.array(a))
	}
	return out
}

func (p *Plan[F]) columns(list []columns[F]) []schedule.Columns {
	var out []schedule.Columns
	for _, c := range list {
		out = append(out, schedule.Columns{Array: p.array(c.array), Lo: c.lo, Hi: c.hi})
	}
	return out
}

func (p *Plan[F]) sums(list []accumulation[F]) []schedule.Sum {
	var out []schedule.Sum
	for _, a := range list {
		out = append(out, schedule.Sum{Dst: p.array(a.dst), Src: p.array(a.src)})
	}
	return out
}

func (p *Plan[F]) tasks(list []*task[F]) []*schedule.Task {
	var out []*schedule.Task
	for _, t := range list {
		s := &schedule.Task{Name: t.name, Pos: t.pos, Back: t.back, Zero: p.columns(t.zero)}
		switch stage := t.stage.(type) {
		case alone[F]:
			s.Op = p.operation(stage.operation)
		case *scan[F]:
			s.Scan = p.scan(stage)
			if t.back {
				s.Scan = p.reversal(stage.back)
				s.Zero = append(s.Zero, p.columns(stage.back.plan.zero)...)
			}
		}
		out = append(out, s)
	}
	return out
}

// operation is o, with its gradients if the machine takes them.
func (p *Plan[F]) operation(o operation[F]) *schedule.Operation {
	if s := p.operations[o]; s != nil {
		return s
	}
	l := o.link()
	s := &schedule.Operation{Spec: l.spec, Pos: l.pos, In: p.arrays(l.in), Out: p.array(l.out), DOut: p.array(l.dout)}
	for _, d := range l.din {
		s.DIn = append(s.DIn, schedule.Target{Array: p.array(d.array), Add: d.add})
	}
	if m, ok := o.(*mapOp[F]); ok {
		s.Each = map[int]*schedule.Array{}
		for _, sum := range m.sums {
			s.Each[sum.input] = p.array(sum.each)
		}
	}
	p.operations[o] = s
	return s
}

func (p *Plan[F]) steps(s *scan[F], list []int) []*schedule.Operation {
	var out []*schedule.Operation
	for _, i := range list {
		out = append(out, p.operation(s.steps[i]))
	}
	return out
}

func (p *Plan[F]) scan(s *scan[F]) *schedule.Scan {
	return &schedule.Scan{
		Rev: s.spec.Rev, Frames: s.frames,
		Before: p.steps(s, s.before), Loop: p.steps(s, s.loop), After: p.steps(s, s.after),
	}
}

// reversal is a scan's way back, its operations in the order in which they run.
func (p *Plan[F]) reversal(r *reversal[F]) *schedule.Scan {
	return &schedule.Scan{
		Rev: !r.spec.Rev, Frames: r.frames, Copies: p.sums(r.copies),
		Before: p.steps(r.scan, r.before), Loop: p.steps(r.scan, r.loop), After: p.steps(r.scan, r.after),
	}
}

// Values is what an array holds after a run of the machine, without gaps between its
// rows: [rows,cols]. Where arrays share memory, it may be another's by then: see SetUse.
func (p *Plan[F]) Values(a *schedule.Array) []F {
	for own, s := range p.known {
		if s != a {
			continue
		}
		var out []F
		for r := range own.rows {
			out = append(out, own.row(r)...)
		}
		return out
	}
	return nil
}
