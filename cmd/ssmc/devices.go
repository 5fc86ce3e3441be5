package main

import (
	"encoding/json"
	"fmt"

	"ssmc/inference"
	"ssmc/runtime/gpu/driver"
)

// devicesCmd lists what models can be computed on.
type devicesCmd struct{}

// A deviceInfo is one device.
type deviceInfo struct {
	Device string `json:"device"` // as --device has it
	Name   string `json:"name"`
	Memory int    `json:"memory_bytes,omitempty"`
	Driver string `json:"driver,omitempty"`
}

// Run prints the devices, and what is missing for a GPU.
func (c *devicesCmd) Run(g *globals) error {
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
