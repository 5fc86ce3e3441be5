package driver

import (
	"fmt"
	"strings"
)

// Module is a text of PTX that the driver has compiled for the device.
type Module struct {
	c *Context
	h handle
}

// Function is a kernel of a module.
type Function struct {
	h    handle
	name string
}

// String gives the name of the kernel.
func (f Function) String() string { return f.name }

// Load compiles a text of PTX for the device. The error holds what the compiler
// says.
func (c *Context) Load(ptx string) (*Module, error) {
	if err := c.outside("Load"); err != nil {
		return nil, err
	}
	log := make([]byte, 16<<10)
	h, r := c.l.load(append([]byte(ptx), 0), log)
	if r == success {
		return &Module{c, h}, nil
	}
	err := c.failure("cuModuleLoadDataEx", r)
	switch r {
	case noBinary:
		err = fmt.Errorf("the kernels are not for devices of capability %d.%d: %w", c.info.Capability[0], c.info.Capability[1], err)
	case unsupportedPTX:
		err = fmt.Errorf("driver %s is too old for the kernels' version of PTX; install a newer one: %w", versionText(c.info.Version), err)
	}
	if said := strings.TrimSpace(cString(log)); said != "" {
		return nil, fmt.Errorf("%w\n%s", err, said)
	}
	return nil, err
}

// Unload frees a module; its functions are of no use after it.
func (m *Module) Unload() error {
	r := m.c.l.unload(m.h)
	m.h = 0
	return m.c.failure("cuModuleUnload", r)
}

// Function finds a kernel by its name.
func (m *Module) Function(name string) (Function, error) {
	h, r := m.c.l.function(m.h, name)
	if err := m.c.failure("cuModuleGetFunction", r); err != nil {
		return Function{}, fmt.Errorf("the kernel %s: %w", name, err)
	}
	return Function{h, name}, nil
}

// SetShared lets launches of f add n bytes of shared memory, which is needed
// above 48 KiB.
func (c *Context) SetShared(f Function, n int) error {
	declared, r := c.l.functionAttribute(f.h, functionShared)
	if r != success {
		return c.failure("cuFuncGetAttribute", r)
	}
	if declared+n > c.info.SharedPerBlock {
		return fmt.Errorf("%s needs %d bytes of shared memory a block; %s has %d", f.name, declared+n, c.info.Name, c.info.SharedPerBlock)
	}
	return c.failure("cuFuncSetAttribute", c.l.setFunctionAttribute(f.h, functionDynamic, n))
}

// Occupancy is the number of blocks of f that run at once on a multiprocessor,
// with shared bytes of shared memory added to each.
func (c *Context) Occupancy(f Function, b Block, shared int) (int, error) {
	n, r := c.l.occupancy(f.h, b.threads(), shared)
	return n, c.failure("cuOccupancyMaxActiveBlocksPerMultiprocessor", r)
}

// cString gives the text before the first zero.
func cString(b []byte) string {
	text, _, _ := strings.Cut(string(b), "\x00")
	return text
}
