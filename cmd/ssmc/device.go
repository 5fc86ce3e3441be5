package main

import (
	"errors"
	"fmt"

	"ssmc/inference"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/driver"
)

// deviceFlags says where to compute; what is nil was not said.
type deviceFlags struct {
	Device    *string `enum:"cpu,cuda,auto" placeholder:"cpu|cuda|auto" help:"Where to compute: cpu (if nothing is said), cuda (an NVIDIA GPU), or auto: a GPU if there is one that runs the model."`
	Precision *string `enum:"fp32,tf32,bf16" placeholder:"fp32|tf32|bf16" help:"What a GPU computes products in: fp32 (if nothing is said), tf32 (11 bits, faster), or bf16 (8 bits)."`
}

// A computer is a device that is to be closed.
type computer interface {
	inference.Device
	Close()
}

// open opens the device, with so many threads of the host; 0 is one for each core.
func (f *deviceFlags) open(threads int) (computer, error) {
	device := said(f.Device, "cpu")
	if device == "cpu" {
		return inference.NewCPU(threads), nil
	}
	g, err := inference.NewGPU(0, gpu.Precision(said(f.Precision, string(gpu.FP32))), threads)
	switch {
	case err == nil && device == "auto":
		return &either{first: g, second: inference.NewCPU(threads)}, nil
	case err == nil:
		return g, nil
	case device == "auto":
		return inference.NewCPU(threads), nil
	case errors.Is(err, driver.ErrNone):
		return nil, fmt.Errorf("--device cuda: %w; ssmc devices lists what there is", err)
	}
	return nil, fmt.Errorf("--device cuda: %w", err)
}

// said is the value of a flag, or another where it was not given.
func said(flag *string, otherwise string) string {
	if flag == nil {
		return otherwise
	}
	return *flag
}

// orElse is where to compute what was computed in a place before.
func (f deviceFlags) orElse(p inference.Place) deviceFlags {
	if f.Device == nil && p.Device != "" {
		f.Device = &p.Device
	}
	if f.Precision == nil && p.Precision != "" {
		f.Precision = &p.Precision
	}
	return f
}

// computedOn is where a device computes.
func computedOn(c computer) inference.Place {
	switch c := c.(type) {
	case *inference.GPU:
		return inference.Place{Device: "cuda", Precision: string(c.Precision())}
	case *either:
		if !c.gave {
			return computedOn(c.first)
		}
	}
	return inference.Place{Device: "cpu"}
}
