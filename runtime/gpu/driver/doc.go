// Package driver speaks to NVIDIA's driver: devices, memory, kernels, graphs.
//
// It owns the calls, their order and their errors. It knows nothing of kernels
// but their names, and nothing of models. Where there is no driver, or no
// device, Open says what is missing; nothing ever ends the process.
//
// There are two ways to the driver, with one meaning. The default opens
// libcuda.so.1 at run time, needs no C compiler and no file of NVIDIA's. With
// the build tag cu, calls go through gorgonia.org/cu and cgo, which needs
// NVIDIA's header cuda.h when it is built (see make cu).
//
// A context is used inside of Do, by one goroutine at a time:
//
//	d, err := driver.Open()
//	c, err := d.Context(0)
//	err = c.Do(func() error {
//		m, err := c.Load(ptx)
//		...
//	})
package driver
