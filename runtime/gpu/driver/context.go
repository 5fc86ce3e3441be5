package driver

import (
	"fmt"
	"runtime"
)

// Context is a device in use, with one stream of work. All its methods but Do,
// Info and Close are for inside of Do. It must not be used by two goroutines at
// the same time.
type Context struct {
	l         library
	info      Info
	context   handle
	stream    handle
	capturing bool
	pinned    map[uintptr]int // bytes of pinned memory, by address
}

// Context takes device i into use. The error wraps ErrNone where the device
// cannot be had. Close gives it back.
func (d *Driver) Context(i int) (*Context, error) {
	if i < 0 || i >= len(d.infos) {
		return nil, fmt.Errorf("%w: there is no device %d; the driver has %d", ErrNone, i, len(d.infos))
	}
	c := &Context{l: d.l, info: d.infos[i], pinned: map[uintptr]int{}}
	var r code
	if c.context, r = d.l.retain(i); r != success {
		return nil, none(d.l, "cuDevicePrimaryCtxRetain", r)
	}
	err := c.Do(func() error {
		c.stream, r = c.l.newStream()
		return c.failure("cuStreamCreate", r)
	})
	if err != nil {
		d.l.release(i)
		return nil, fmt.Errorf("%w: %w", ErrNone, err)
	}
	return c, nil
}

// Info tells what is known of the device.
func (c *Context) Info() Info { return c.info }

// Do runs f on a thread of its own on which the device is current. Inside of f,
// Do runs its function at once. It gives the error of f.
func (c *Context) Do(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before, r := c.l.current()
	if r != success {
		return c.failure("cuCtxGetCurrent", r)
	}
	if r := c.l.setCurrent(c.context); r != success {
		return c.failure("cuCtxSetCurrent", r)
	}
	defer c.l.setCurrent(before) // the thread goes back to others, who must not find it
	return f()
}

// Close waits for the work and gives the device back. What was allocated and
// loaded must have been freed and unloaded.
func (c *Context) Close() error {
	if c.context == 0 {
		return nil
	}
	err := c.Do(func() error { return c.failure("cuStreamDestroy", c.l.freeStream(c.stream)) })
	if r := c.l.release(c.info.Index); r != success && err == nil {
		err = c.failure("cuDevicePrimaryCtxRelease", r)
	}
	c.context = 0
	return err
}

// Sync waits until all work is done. An error may be that of any work before.
func (c *Context) Sync() error {
	if err := c.outside("Sync"); err != nil {
		return err
	}
	return c.failure("cuStreamSynchronize", c.l.wait(c.stream))
}

// outside refuses what a capture cannot hold.
func (c *Context) outside(what string) error {
	if c.capturing {
		return fmt.Errorf("%s waits for the GPU, and a capture only records; do it before or after Capture", what)
	}
	return nil
}

func (c *Context) failure(call string, r code) error { return failure(c.l, call, r) }
