package gpu

import (
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// A step is one launch: an instr, or a loop over time.
type step struct {
	name, pos string // of the op that it is part of
	back      bool
	instr     instr
	loop      *loop
}

// A loop is what a scan does at each time in turn.
type loop struct {
	rev    bool
	frames op.Shape
	body   []instr
	sync   []bool // after each of body: all threads must be done before the next
}

// A program is the steps of a machine, forwards and back, and the tasks that have none.
type program struct {
	lowering
	inputs            []step // noise
	forward, backward []step
	norm              []step // of the gradient
	unsupported       []error

	values, gradient *schedule.Array // of all parameters
}

// lower turns a schedule into steps. What it cannot is noted, all of it.
func lower(s *schedule.Schedule, parameters int) *program {
	p := &program{lowering: lowering{plan: s}}
	p.values = &schedule.Array{Shape: flat(parameters), Kind: schedule.Given}
	p.gradient = &schedule.Array{Shape: flat(parameters), Kind: schedule.Gradient}
	p.summary = p.doubles(len(s.Terms) + 2)
	p.normSteps(parameters)
	for _, in := range s.Inputs {
		if i, ok := drawn(in); ok {
			p.inputs = append(p.inputs, step{name: "noise", instr: i})
		}
	}
	for _, t := range s.Forward {
		p.forward = append(p.forward, p.task(t)...)
	}
	for _, t := range s.Backward {
		p.backward = append(p.backward, p.task(t)...)
	}
	for _, c := range s.Clear {
		p.backward = append(p.backward, step{name: "gradient", back: true, instr: fill(c)})
	}
	for _, sum := range s.Sums {
		p.backward = append(p.backward, step{name: "gradient", back: true, instr: accumulate(sum)})
	}
	return p
}

// squares is into how many sums those of the gradient are cut.
const squares = 1024

// normSteps takes the norm of the gradient, which comes last in the summary.
func (p *program) normSteps(parameters int) {
	sums := p.doubles(squares)
	for _, i := range []instr{
		columns(kernels.SumSquares, flat(parameters), 1, whole(sums), whole(p.gradient)).with(squares, parameters),
		columns(kernels.Norm, op.Static(1, 1), 1, p.normView(), whole(sums)).with(squares),
	} {
		p.norm = append(p.norm, step{name: "norm", back: true, instr: i})
	}
}

// normView is where the norm is, one double.
func (p *program) normView() view { return from(p.summary, 2*(len(p.plan.Terms)+1)) }

// drawn is what draws the numbers of an input, if they are drawn.
func drawn(in schedule.Input) (instr, bool) {
	i := columns(kernels.Normals, in.Shape, in.Shape.Cols, whole(in.Array)).with(in.Number)
	switch in.Source.Kind {
	case op.Noise, op.Wander:
	case op.Uniform:
		i.code = kernels.Uniforms
	case op.Dropout:
		i.code, i.f[0] = kernels.Dropout, in.Source.Rate
	default:
		return i, false
	}
	return i, true
}

// fill zeroes columns.
func fill(c schedule.Columns) instr {
	return columns(kernels.Fill, c.Shape, c.Hi-c.Lo, from(c.Array, c.Lo))
}

// accumulate adds one array to another.
func accumulate(s schedule.Sum) instr {
	return columns(kernels.Copy, s.Dst.Shape, s.Dst.Shape.Cols, whole(s.Dst), whole(s.Src)).adding(true)
}

// task is the steps of one task.
func (p *program) task(t *schedule.Task) []step {
	b := builder{program: p, task: t}
	for _, c := range t.Zero {
		b.add(fill(c))
	}
	switch {
	case t.Scan != nil && t.Back:
		b.scanBack(t.Scan)
	case t.Scan != nil:
		b.scan(t.Scan)
	case t.Back:
		b.back(t.Op)
	default:
		b.forward(t.Op)
	}
	return b.steps
}

// A builder gathers the steps of a task.
type builder struct {
	*program
	task  *schedule.Task
	steps []step
}

func (b *builder) add(list ...instr) {
	for _, i := range list {
		b.steps = append(b.steps, step{name: b.task.Name, pos: b.task.Pos, back: b.task.Back, instr: standing(i)})
	}
}

// standing is i outside any loop.
func standing(i instr) instr {
	if i.code == kernels.Affine {
		i.code = kernels.Gemm
	}
	return i
}

// lowered is list, or a note of what is not supported.
func (b *builder) lowered(list []instr, err error) []instr {
	if err != nil {
		b.unsupported = append(b.unsupported, err)
	}
	return list
}

func (b *builder) forward(list ...*schedule.Operation) {
	for _, o := range list {
		b.add(b.lowered(b.lowering.forward(o))...)
	}
}

func (b *builder) back(list ...*schedule.Operation) {
	for _, o := range list {
		b.add(b.lowered(b.lowering.back(o, false))...)
		b.add(b.finish(o)...)
	}
}

func (b *builder) scan(s *schedule.Scan) {
	b.forward(s.Before...)
	var body []instr
	for _, o := range s.Loop {
		list := b.lowered(b.lowering.forward(o))
		if lag := before(s, o); lag != nil {
			readBefore(&list[0], lag)
		}
		body = append(body, list...)
	}
	b.loop(s, body)
	b.forward(s.After...)
}

// before is the lag whose result a product of the loop reads, if that is what a value
// was at the time before in the loop.
func before(s *schedule.Scan, o *schedule.Operation) *schedule.Operation {
	if _, ok := o.Spec.(op.Affine); !ok {
		return nil
	}
	step := 1
	if s.Rev {
		step = -1
	}
	for _, p := range s.Loop {
		if lag, ok := p.Spec.(op.Lag); ok && lag.By == step && p.Out == o.In[0] && len(p.In) == 2 {
			return p
		}
	}
	return nil
}

// readBefore has a product read what the lag reads, so that it need not wait for it.
func readBefore(product *instr, lag *schedule.Operation) {
	product.a[1], product.a[4] = whole(lag.In[0]), whole(lag.In[1])
	product.n[6] = 1
}

func (b *builder) scanBack(s *schedule.Scan) {
	b.back(s.After...)
	var body []instr
	for _, o := range s.Loop {
		body = append(body, b.lowered(b.lowering.back(o, true))...)
	}
	b.loop(s, body)
	for _, o := range s.Loop {
		b.add(b.finish(o)...)
	}
	b.back(s.Before...)
	for _, c := range s.Copies {
		b.add(accumulate(c))
	}
}

// loop adds a loop, unless its body is empty.
func (b *builder) loop(s *schedule.Scan, body []instr) {
	for _, i := range body {
		if kernels.Whole(i.code) {
			b.unsupported = append(b.unsupported, &Unsupported{Op: b.task.Name, Pos: b.task.Pos, Why: "inside a scan (" + i.code.String() + ")"})
			return
		}
	}
	if len(body) > 0 {
		l := arrange(&loop{rev: s.Rev, frames: s.Frames, body: body})
		b.steps = append(b.steps, step{name: b.task.Name, pos: b.task.Pos, back: b.task.Back, loop: l})
	}
}
