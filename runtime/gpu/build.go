package gpu

import (
	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// forms is what a launch does besides the terms and the cost.
type forms struct {
	grad, train bool
}

// A build is a machine's program for a room: memory, tables and CUDA graphs.
type build struct {
	atlas
	x         *Machine
	bytes     int
	allocated []driver.Pointer
	pinned    [][]byte
	image     image
	table     []kernels.Op // of all steps that are no loops
	barriers  map[*loop]driver.Pointer
	launches  map[phase][]*launch
	graphs    map[forms]*driver.Graph
	summary   []byte // cost, sums of the terms, norm: doubles
	functions *functions
}

// A launch is one kernel and what it is given.
type launch struct {
	step
	function driver.Function
	grid     driver.Grid
	threads  int
	shared   int
	mode     driver.Mode
	index    int            // in the table of ops
	scan     driver.Pointer // of a loop
	args     *driver.Args
}

// newBuild allocates memory and prepares launches. It is called in the device's context.
func newBuild(x *Machine, r room) (*build, error) {
	b := &build{atlas: atlas{room: r, memory: x.plan.Memory(r.k), given: map[*schedule.Array]driver.Pointer{}},
		x: x, graphs: map[forms]*driver.Graph{}, barriers: map[*loop]driver.Pointer{}}
	if err := b.make(); err != nil {
		b.free()
		return nil, err
	}
	return b, nil
}

// make does the work of newBuild.
func (b *build) make() (err error) {
	for _, do := range []func() error{b.tell, b.place, b.inputs, b.keep, b.load, b.lay} {
		if err = do(); err != nil {
			return err
		}
	}
	return nil
}

// alloc allocates so many bytes, zeroed.
func (b *build) alloc(n int) (driver.Pointer, error) {
	n = (max(n, 4) + 3) / 4 * 4
	p, err := b.x.device.ctx.Alloc(n)
	if err != nil {
		return 0, err
	}
	b.allocated = append(b.allocated, p)
	b.bytes += n
	return p, b.x.device.ctx.Fill(p, 0, n/4)
}

// free gives all memory back.
func (b *build) free() {
	ctx := b.x.device.ctx
	for _, g := range b.graphs {
		g.Close()
	}
	for _, p := range b.allocated {
		ctx.Free(p)
	}
	for _, h := range b.pinned {
		ctx.FreeHost(h)
	}
	b.allocated, b.pinned, b.graphs = nil, nil, nil
}

// host allocates pinned memory.
func (b *build) host(n int) ([]byte, error) {
	h, err := b.x.device.ctx.Host(n)
	if err == nil {
		b.pinned = append(b.pinned, h)
	}
	return h, err
}

// tell makes the sheet that batches are told by, and the summary of results.
func (b *build) tell() (err error) {
	s := &b.x.sheet
	n := s.layOut(b.room, len(b.x.terms))
	if s.host, err = b.host(n); err != nil {
		return err
	}
	if s.device, err = b.alloc(n); err != nil {
		return err
	}
	if s.time, err = b.alloc(4 * b.frames); err != nil {
		return err
	}
	b.summary, err = b.host(8 * (len(b.x.terms) + 2))
	return err
}

// place allocates the arrays.
func (b *build) place() (err error) {
	slab, extra := b.numbers(b.x.program.scratch)
	if b.slab, err = b.alloc(4 * slab); err != nil {
		return err
	}
	if b.extra, err = b.alloc(4 * extra); err != nil {
		return err
	}
	n := max(1, len(b.x.params.Values))
	b.gradient, err = b.alloc(4 * n)
	return err
}

// inputs gives the inputs and constants their memory.
func (b *build) inputs() error {
	v, err := b.x.device.valuesOf(b.x.params)
	if err != nil {
		return err
	}
	b.given[b.x.program.values] = v.at
	for _, in := range b.x.plan.Inputs {
		switch in.Source.Kind {
		case op.Param:
			b.given[in.Array] = v.at + driver.Pointer(4*b.x.params.Off[in.Index])
		case op.Data, op.Present:
			if b.given[in.Array], err = b.alloc(4 * b.rows(in.Shape) * in.Shape.Cols); err != nil {
				return err
			}
		case op.Coef:
			b.given[in.Array] = b.x.sheet.device + driver.Pointer(b.x.sheet.coef)
		}
	}
	for _, a := range b.x.plan.Arrays {
		if a.Kind != schedule.Constant {
			continue
		}
		if b.given[a], err = b.constant(a.Const); err != nil {
			return err
		}
	}
	return nil
}

// constant uploads the numbers of a constant.
func (b *build) constant(c *op.Const) (driver.Pointer, error) {
	data := make([]float32, c.Rows*c.Cols)
	for i := range data {
		data[i] = float32(c.At(i/c.Cols, i%c.Cols))
	}
	p, err := b.alloc(4 * len(data))
	if err != nil {
		return 0, err
	}
	return p, b.x.device.ctx.Upload(p, bytesOf(data))
}

// load compiles the machine's kernels, once.
func (b *build) load() (err error) {
	if b.x.functions == nil {
		b.x.functions, err = b.x.device.functions(b.x.program.programs.list)
	}
	b.functions = b.x.functions
	return err
}
