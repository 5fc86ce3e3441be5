package gpu

import (
	"fmt"

	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
)

// products measures products of whole arrays.
func (g *gauge) products() error {
	for _, size := range g.work.Products {
		for _, p := range Precisions {
			f, err := g.device.products.Function("gemm_" + string(p))
			if err != nil {
				return err
			}
			if err := g.product(f, p, size); err != nil {
				return err
			}
		}
	}
	return nil
}

// product measures one: [rows,k] by [k,d].
func (g *gauge) product(f driver.Function, p Precision, size [3]int) error {
	rows, k, d := size[0], size[1], size[2]
	o := kernels.Op{Code: kernels.Gemm, Rows: int32(rows), N: [8]int32{int32(k), int32(d)}}
	if err := g.factors(&o, rows, k, d, kernels.Once); err != nil {
		return err
	}
	args, err := g.arguments(&kernels.Dims{K: 1}, o.Append(nil))
	if err != nil {
		return err
	}
	s, err := g.time(10, func() error {
		return g.ctx.Launch(f, kernels.GemmGrid(rows, d, 1), driver.Block{kernels.GemmThreads, 1, 1}, 0, args, driver.Plain)
	})
	if err != nil {
		return err
	}
	flop := 2 * float64(rows) * float64(k) * float64(d)
	g.Timings = append(g.Timings, Timing{fmt.Sprintf("product of %dx%d and %dx%d, %s", rows, k, k, d, p), flop / s / 1e12, "TFLOP/s"})
	return nil
}

// factors gives an op of a product its arrays.
func (g *gauge) factors(o *kernels.Op, rows, k, d int, axis kernels.Axis) error {
	for i, a := range []struct {
		rows, cols int
		axis       kernels.Axis
	}{{rows, d, axis}, {rows, k, axis}, {k, d, kernels.Once}} {
		p, err := g.alloc(a.rows*a.cols, 0.01)
		if err != nil {
			return err
		}
		o.A[i] = kernels.Array{P: uint64(p), LD: int32(a.cols), Axis: a.axis}
	}
	return nil
}

// arguments is what a kernel is called with that has the first of a table.
func (g *gauge) arguments(d *kernels.Dims, table []byte) (*driver.Args, error) {
	dims, err := g.upload(d.Append(nil))
	if err != nil {
		return nil, err
	}
	at, err := g.upload(table)
	if err != nil {
		return nil, err
	}
	return driver.NewArgs().Pointer(dims).Pointer(at).Int(0), nil
}

// loops measures a loop over time that computes the gates of an LSTM, nothing else:
// by all blocks, and by clusters where they can hold its weights.
func (g *gauge) loops() error {
	info := g.device.info
	card := kernels.Card{Blocks: info.SMs, Shared: info.SharedPerBlock}
	state := g.work.Loop[2]
	wide := kernels.Loop{Ops: 1, Sequences: g.work.Loop[1], Samples: 1, Products: []kernels.Product{{K: state, D: 4 * state}}}
	unit, err := g.loop("scan", wide.Grid(card), wide, g.waiting, driver.Cooperative)
	if err != nil {
		return err
	}
	g.guessed("unitTime", unitTime, unit)
	narrow := wide
	narrow.Products = []kernels.Product{{K: state, D: state}}
	plan, ok := narrow.Cluster(card)
	if info.Capability[0] < 9 || !ok {
		return nil
	}
	if unit, err = g.loop("cluster", plan, narrow, g.gathered, driver.Plain); err == nil {
		g.guessed("unitTime (in clusters)", unitTime, unit)
	}
	return err
}

// loop is the seconds of a unit of a plan's work: of a step, less a wait.
func (g *gauge) loop(module string, plan kernels.Plan, l kernels.Loop, wait float64, mode driver.Mode) (float64, error) {
	name := module + "_" + string(g.device.precision)
	list, err := g.load(module, name)
	if err != nil {
		return 0, err
	}
	if err := g.ctx.SetShared(list[0], plan.Shared); err != nil {
		return 0, err
	}
	args, err := g.scan(plan, l)
	if err != nil {
		return 0, err
	}
	s, err := g.time(3, func() error {
		return g.ctx.Launch(list[0], driver.Grid{plan.Blocks, 1, 1}, driver.Block{plan.Threads, 1, 1}, plan.Shared, args, mode)
	})
	if err != nil {
		return 0, err
	}
	s /= float64(g.work.Loop[0])
	p := l.Products[0]
	g.tell(s, "step of a loop with a product by %dx%d, %d sequences, %d blocks (%s)", p.K, p.D, l.Sequences, plan.Blocks, name)
	return (s - wait) / float64(plan.Work), nil
}

// scan is what the kernel of a loop is called with.
func (g *gauge) scan(plan kernels.Plan, l kernels.Loop) (*driver.Args, error) {
	steps, p := g.work.Loop[0], l.Products[0]
	o := kernels.Op{Code: kernels.Affine, Axis: kernels.Frame, N: [8]int32{int32(p.K), int32(p.D)}}
	plan.Deals[0].Put(&o)
	if err := g.factors(&o, steps*l.Sequences, p.K, p.D, kernels.Frame); err != nil {
		return nil, err
	}
	zero, err := g.alloc(1, 0) // the count of arrivals
	if err != nil {
		return nil, err
	}
	sync, err := g.alloc(1, 0) // no wait but that of each time
	if err != nil {
		return nil, err
	}
	at, err := g.upload(o.Append(nil))
	if err != nil {
		return nil, err
	}
	d, err := g.batch(steps, l.Sequences)
	if err != nil {
		return nil, err
	}
	s := kernels.Scan{Ops: 1, Axis: kernels.Frame, Shared: int32(plan.Weights(1)), Op: uint64(at), Sync: uint64(sync), Barrier: uint64(zero)}
	return g.arguments(d, s.Append(nil))
}

// batch is sequences that all have so many steps.
func (g *gauge) batch(steps, sequences int) (*kernels.Dims, error) {
	var m image
	off, lens := make([]int, steps+1), make([]int, sequences)
	for t := range off {
		off[t] = t * sequences
	}
	for b := range lens {
		lens[b] = steps
	}
	m.ints(off)
	second := m.ints(lens)
	p, err := g.upload(m.bytes)
	return &kernels.Dims{K: 1, T: int32(steps), B: int32(sequences), N: int32(steps * sequences),
		Off: uint64(p), Len: uint64(p + second)}, err
}
