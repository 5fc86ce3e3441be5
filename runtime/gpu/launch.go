package gpu

import (
	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
)

// A phase is a part of an update.
type phase int

// The phases, in order.
const (
	gathering phase = iota // the layout, data, noise
	forward
	backward
	norming
	penalising // before the norm that is clipped
	moving
)

// phases is what each form of a launch does, in order.
func (f forms) phases() []phase {
	switch {
	case f.train:
		return []phase{gathering, forward, backward, penalising, norming, moving}
	case f.grad:
		return []phase{gathering, forward, backward, norming}
	}
	return []phase{gathering, forward}
}

// steps is those of all phases.
func (b *build) steps() map[phase][]step {
	p := b.x.program
	layout := step{name: "layout", instr: columns(kernels.Layout, op.PerFrame(1), 1)}
	all := map[phase][]step{
		gathering: append(append([]step{layout}, b.gather()...), p.inputs...),
		forward:   p.forward, backward: p.backward, norming: p.norm,
	}
	if t := b.x.trainer; t != nil {
		for k, s := range t.slots {
			b.given[s] = t.at[k]
		}
		all[penalising], all[moving] = t.penalties, t.move
	}
	return all
}

// lay writes the tables that kernels read: once to see how large they are, and
// once more where they will be.
func (b *build) lay() error {
	steps := b.steps()
	for range 2 {
		b.image.bytes, b.table, b.launches = b.image.bytes[:0], nil, map[phase][]*launch{}
		for ph := gathering; ph <= moving; ph++ {
			for _, s := range steps[ph] {
				l, err := b.lower(s)
				if err != nil {
					return err
				}
				if l != nil {
					b.launches[ph] = append(b.launches[ph], l)
				}
			}
		}
		ops := b.image.ops(b.table)
		if b.image.at == 0 {
			at, err := b.alloc(len(b.image.bytes))
			if err != nil {
				return err
			}
			b.image.at = at
			continue
		}
		b.arguments(ops)
	}
	return b.x.device.ctx.Upload(b.image.at, b.image.bytes)
}

// lower is the launch of a step, or nil where there is nothing to do.
func (b *build) lower(s step) (*launch, error) {
	if s.loop != nil {
		return b.lowerLoop(s)
	}
	if s.instr.many && b.k == 1 {
		return nil, nil
	}
	l := &launch{step: s, index: len(b.table)}
	o := b.image.op(&b.atlas, s.instr)
	b.table = append(b.table, o)
	l.function, l.threads, l.grid = b.functions.perform, threads, driver.Grid{b.blocks(s.instr), 1, 1}
	switch rows, cols := b.rows(s.instr.domain), int(o.N[1]); s.instr.code {
	case kernels.Gemm:
		l.function, l.threads, l.grid = b.functions.product, kernels.GemmThreads, kernels.GemmGrid(rows, cols, 1)
	case kernels.GemmWeights:
		l.function, l.threads, l.grid = b.functions.product, kernels.GemmThreads, kernels.GemmGrid(int(o.N[0]), cols, int(o.N[3]))
	}
	return l, nil
}

// up is n/d, rounded up.
func up(n, d int) int { return (n + d - 1) / d }

// threads is how many a block of the kernel perform has, and warp how many go together.
const (
	threads = 256
	warp    = 32
)

// blocks is how many blocks share an instr outside a loop.
func (b *build) blocks(in instr) int {
	rows := b.rows(in.domain)
	work := rows * max(1, in.n[0])
	switch in.code {
	case kernels.Map:
		work = rows * max(warp, b.x.program.programs.list[in.n[0]].Width)
	case kernels.ColSum:
		work = in.n[1] * in.n[0]
	case kernels.Sum, kernels.SumSquares:
		work = in.n[1] * warp
	case kernels.NADE:
		work = rows * warp
	case kernels.NADEWeights:
		work = in.n[1] * in.n[2]
	}
	return max(1, min(up(work, threads), 8*b.x.device.info.SMs))
}

// arguments gives the launches what their kernels are called with.
func (b *build) arguments(ops driver.Pointer) {
	for _, list := range b.launches {
		for _, l := range list {
			l.args = driver.NewArgs()
			l.args.Pointer(b.x.sheet.device)
			if l.loop != nil {
				l.args.Pointer(l.scan)
				l.args.Int(0)
				continue
			}
			l.args.Pointer(ops)
			l.args.Int(l.index)
		}
	}
}

// launch runs a form of the program on the batch that the sheet tells of, and waits
// for its summary.
func (b *build) launch(f forms) error {
	ctx := b.x.device.ctx
	g := b.graphs[f]
	if g == nil {
		var err error
		if g, err = ctx.Capture(func() error { return b.queue(f) }); err != nil {
			return err
		}
		b.graphs[f] = g
	}
	if err := g.Launch(); err != nil {
		return err
	}
	return ctx.Sync()
}

// queue queues the launches of a form, the sheet before and the summary after.
func (b *build) queue(f forms) error {
	ctx := b.x.device.ctx
	if err := ctx.UploadAsync(b.x.sheet.device, b.x.sheet.host); err != nil {
		return err
	}
	for _, ph := range f.phases() {
		for _, l := range b.launches[ph] {
			if err := ctx.Launch(l.function, l.grid, driver.Block{l.threads, 1, 1}, l.shared, l.args, l.mode); err != nil {
				return err
			}
		}
	}
	p, _ := b.address(b.x.program.summary)
	return ctx.DownloadAsync(b.summary, p)
}
