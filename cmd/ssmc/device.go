package main

import (
	"errors"
	"fmt"

	"ssmc/inference"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/driver"
)

// deviceFlags says where to compute.
type deviceFlags struct {
	Device    string `default:"cpu" enum:"cpu,cuda,auto" placeholder:"cpu|cuda|auto" help:"Where to compute: cpu, cuda (an NVIDIA GPU), or auto: a GPU if there is one that runs the model."`
	Precision string `default:"fp32" enum:"fp32,tf32,bf16" placeholder:"fp32|tf32|bf16" help:"What a GPU computes products in: fp32, tf32 (11 bits, faster), or bf16 (8 bits)."`
}

// A computer is a device that is to be closed.
type computer interface {
	inference.Device
	Close()
}

// open opens the device, with so many threads of the host; 0 is one for each core.
func (f *deviceFlags) open(threads int) (computer, error) {
	if f.Device == "" || f.Device == "cpu" {
		return inference.NewCPU(threads), nil
	}
	g, err := inference.NewGPU(0, gpu.Precision(f.Precision), threads)
	switch {
	case err == nil && f.Device == "auto":
		return &either{first: g, second: inference.NewCPU(threads)}, nil
	case err == nil:
		return g, nil
	case f.Device == "auto":
		return inference.NewCPU(threads), nil
	case errors.Is(err, driver.ErrNone):
		return nil, fmt.Errorf("--device cuda: %w; ssmc devices lists what there is", err)
	}
	return nil, fmt.Errorf("--device cuda: %w", err)
}
