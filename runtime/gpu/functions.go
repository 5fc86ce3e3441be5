package gpu

import (
	"fmt"

	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptx"
)

// functions is the kernels of one machine: those that evaluate its programs are
// compiled together with them.
type functions struct {
	device   *Device
	programs []ptx.Program
	product  driver.Function
	perform  driver.Function
	grid     driver.Function         // of loops that all blocks share; zero until it is wanted
	cluster  driver.Function         // and of those that clusters of blocks share
	shared   map[driver.Function]int // bytes of shared memory that their blocks may have
}

// functions loads what every machine needs.
func (d *Device) functions(programs []ptx.Program) (*functions, error) {
	f := &functions{device: d, programs: programs, shared: map[driver.Function]int{}}
	var err error
	if f.product, err = d.products.Function("gemm_" + string(d.precision)); err != nil {
		return nil, err
	}
	f.perform, err = f.load("program", "perform")
	return f, err
}

// load compiles a kernel of a module with the machine's programs, and no other: the
// kernels of all precisions would take a driver three times as long.
func (f *functions) load(module, name string) (driver.Function, error) {
	m, err := f.device.ctx.Load(ptx.Join(kernels.Only(kernels.Text(module), name), f.programs))
	if err != nil {
		return driver.Function{}, fmt.Errorf("load the kernels of the model: %w", err)
	}
	return m.Function(name)
}

// scan is the kernel of loops, of a grid or of clusters.
func (f *functions) scan(clusters bool) (driver.Function, error) {
	at, module := &f.grid, "scan"
	if clusters {
		at, module = &f.cluster, "cluster"
	}
	if *at == (driver.Function{}) {
		fn, err := f.load(module, module+"_"+string(f.device.precision))
		if err != nil {
			return driver.Function{}, err
		}
		*at = fn
	}
	return *at, nil
}

// share lets blocks of a kernel have n bytes of shared memory, as one loop of several wants.
func (f *functions) share(fn driver.Function, n int) error {
	if n <= f.shared[fn] {
		return nil
	}
	f.shared[fn] = n
	return f.device.ctx.SetShared(fn, n)
}
