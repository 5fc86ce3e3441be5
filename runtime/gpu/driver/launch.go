package driver

import "fmt"

// Grid is the number of blocks of a launch along x, y and z.
type Grid [3]int

// Block is the number of threads of a block along x, y and z.
type Block [3]int

func (b Block) threads() int { return b[0] * b[1] * b[2] }

// Mode is how the blocks of a launch run.
type Mode int

const (
	// Plain launches run their blocks in any order.
	Plain Mode = iota
	// Cooperative launches run all blocks at once, so that they may wait for each
	// other; there must not be more than fit the device.
	Cooperative
)

// Launch has a kernel run, in its turn, with shared bytes of shared memory added
// to each block. Errors of the kernel itself are those of a later Sync.
func (c *Context) Launch(f Function, g Grid, b Block, shared int, args *Args, mode Mode) error {
	call := "cuLaunchKernel"
	if mode == Cooperative {
		call = "cuLaunchCooperativeKernel"
	}
	r := c.l.launch(f.h, g, b, shared, c.stream, args, mode == Cooperative)
	if r == success {
		return nil
	}
	err := fmt.Errorf("%s with %v blocks of %v threads and %d bytes: %w", f.name, g, b, shared, c.failure(call, r))
	if r == tooLarge {
		n, _ := c.Occupancy(f, b, shared)
		err = fmt.Errorf("%w; %d run at once", err, n*c.info.SMs)
	}
	return err
}
