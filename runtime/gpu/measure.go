package gpu

import (
	"fmt"
	"math"

	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptx"
)

// A Workload is how much Measure does of each thing.
type Workload struct {
	Rounds   int      // of which the fastest counts
	Launches int      // one after another
	Nodes    int      // of a graph
	Waits    int      // at a barrier, in one launch
	Products [][3]int // rows, factors of a sum, columns
	Loop     [3]int   // steps, sequences, and the size of the state of a loop over time
}

// UsualWorkload takes a few seconds of a GPU, and has the sizes of the paper's model:
// the gates of an LSTM of 600 units over a batch of piano rolls.
var UsualWorkload = Workload{Rounds: 5, Launches: 200, Nodes: 100, Waits: 1000,
	Products: [][3]int{{1200, 600, 600}, {1200, 600, 2400}, {5000, 600, 2400}}, Loop: [3]int{100, 20, 600}}

// A Timing is one thing that was measured.
type Timing struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // us, GB/s or TFLOP/s
}

// A Constant is what loops are planned by, in seconds.
type Constant struct {
	Name     string  `json:"name"`
	Guess    float64 `json:"guess"` // that is compiled in
	Measured float64 `json:"measured"`
}

// Measured is what Measure found.
type Measured struct {
	Timings   []Timing   `json:"timings"`
	Constants []Constant `json:"constants"`
}

// Measure times what updates are made of, by the GPU's own clock: launches, waits,
// copies, products in all precisions, and a loop in the device's.
func (d *Device) Measure(w Workload) (*Measured, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := &gauge{device: d, ctx: d.ctx, work: w}
	err := d.ctx.Do(func() error {
		defer g.close()
		for _, do := range []func() error{g.open, g.launches, g.waits, g.copies, g.products, g.loops} {
			if err := do(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return &g.Measured, fmt.Errorf("measure %s: %w", d.info.Name, err)
	}
	return &g.Measured, nil
}

// A gauge is a measurement under way. What it takes of the device it gives back.
type gauge struct {
	Measured
	device   *Device
	ctx      *driver.Context
	work     Workload
	from, to *driver.Event
	waiting  float64 // seconds that all blocks wait for each other
	gathered float64 // and those of a cluster; zero where there are none
	memory   []driver.Pointer
	pinned   [][]byte
	modules  []*driver.Module
}

func (g *gauge) open() (err error) {
	if g.from, err = g.ctx.NewEvent(); err != nil {
		return err
	}
	g.to, err = g.ctx.NewEvent()
	return err
}

// close gives everything back; what fails then has failed before.
func (g *gauge) close() {
	for _, e := range []*driver.Event{g.from, g.to} {
		if e != nil {
			e.Close()
		}
	}
	for _, m := range g.modules {
		m.Unload()
	}
	for _, p := range g.memory {
		g.ctx.Free(p)
	}
	for _, h := range g.pinned {
		g.ctx.FreeHost(h)
	}
}

// alloc is so many numbers on the device, all of them v.
func (g *gauge) alloc(n int, v float32) (driver.Pointer, error) {
	p, err := g.ctx.Alloc(4 * n)
	if err != nil {
		return 0, err
	}
	g.memory = append(g.memory, p)
	return p, g.ctx.Fill(p, math.Float32bits(v), n)
}

// upload is bytes on the device.
func (g *gauge) upload(b []byte) (driver.Pointer, error) {
	p, err := g.alloc((len(b)+3)/4, 0)
	if err != nil {
		return 0, err
	}
	return p, g.ctx.Upload(p, b)
}

// load compiles some kernels of a module that evaluates programs, of which it has none.
func (g *gauge) load(module string, names ...string) ([]driver.Function, error) {
	return g.functions(kernels.Only(ptx.Join(kernels.Text(module), nil), names...), names)
}

func (g *gauge) functions(text string, names []string) (list []driver.Function, err error) {
	m, err := g.ctx.Load(text)
	if err != nil {
		return nil, err
	}
	g.modules = append(g.modules, m)
	for _, name := range names {
		f, err := m.Function(name)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// time is the seconds that f's work takes, when it is queued n times.
func (g *gauge) time(n int, f func() error) (float64, error) {
	best := math.Inf(1)
	for range g.work.Rounds {
		if err := g.from.Mark(); err != nil {
			return 0, err
		}
		for range n {
			if err := f(); err != nil {
				return 0, err
			}
		}
		if err := g.to.Mark(); err != nil {
			return 0, err
		}
		s, err := g.from.Elapsed(g.to)
		if err != nil {
			return 0, err
		}
		best = min(best, s/float64(n))
	}
	return best, nil
}

// tell keeps a time in microseconds.
func (g *gauge) tell(seconds float64, format string, args ...any) {
	g.Timings = append(g.Timings, Timing{fmt.Sprintf(format, args...), 1e6 * seconds, "us"})
}
