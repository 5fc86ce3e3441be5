package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"ssmc/inference"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/driver"
)

// devicesCmd lists what models can be computed on, or tries a GPU.
type devicesCmd struct {
	Check     bool     `help:"Compare the GPU with the CPU, on all models that come with ssmc."`
	Bench     bool     `help:"Measure what updates on the GPU are made of: launches, waits, copies, products."`
	Precision []string `enum:"fp32,tf32,bf16" placeholder:"fp32|tf32|bf16,..." help:"With --check or --bench, the precisions of products; all if not given."`
}

// A deviceInfo is one device.
type deviceInfo struct {
	Device string `json:"device"` // as --device has it
	Name   string `json:"name"`
	Memory int    `json:"memory_bytes,omitempty"`
	Driver string `json:"driver,omitempty"`
}

// Run prints the devices, or what was found of the first GPU.
func (c *devicesCmd) Run(g *globals) error {
	if !c.Check && !c.Bench {
		if len(c.Precision) > 0 {
			return errors.New("--precision: it goes with --check or --bench")
		}
		return c.list(g)
	}
	if len(c.Precision) == 0 {
		for _, p := range gpu.Precisions {
			c.Precision = append(c.Precision, string(p))
		}
	}
	if c.Check {
		if err := c.check(g, deviceChecks()); err != nil {
			return err
		}
	}
	if c.Bench {
		return c.measure(g, gpu.UsualWorkload)
	}
	return nil
}

// list prints the devices, and what is missing for a GPU.
func (c *devicesCmd) list(g *globals) error {
	host := inference.NewCPU(0)
	defer host.Close()
	list := []deviceInfo{{Device: "cpu", Name: host.String()}}
	cards, missing := cardsOf()
	list = append(list, cards...)
	if g.JSON {
		return json.NewEncoder(g.out).Encode(list)
	}
	for _, d := range list {
		fmt.Fprintf(g.out, "%-5s %s\n", d.Device, d.Name)
		if d.Memory > 0 {
			fmt.Fprintf(g.out, "      %.1f GB, driver for CUDA %s\n", float64(d.Memory)/1e9, d.Driver)
		}
	}
	if missing != nil {
		fmt.Fprintf(g.out, "cuda  none: %v\n", missing)
	}
	return nil
}

// cardsOf is the GPUs, or why there are none.
func cardsOf() ([]deviceInfo, error) {
	drv, err := driver.Open()
	if err != nil {
		return nil, err
	}
	var list []deviceInfo
	for _, i := range drv.Devices() {
		name := fmt.Sprintf("%s, compute capability %d.%d, %d multiprocessors", i.Name, i.Capability[0], i.Capability[1], i.SMs)
		list = append(list, deviceInfo{"cuda", name, int(i.Memory), fmt.Sprintf("%d.%d", i.Version/1000, i.Version%1000/10)})
	}
	if len(list) == 0 {
		return nil, driver.ErrNone
	}
	return list, nil
}
