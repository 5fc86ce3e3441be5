package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/runtime/gpu"
)

// A measuredDevice is what was measured of a GPU, for programs.
type measuredDevice struct {
	Device string `json:"device"`
	*gpu.Measured
}

// measure times what updates on the GPU are made of, with loops in each precision.
func (c *devicesCmd) measure(g *globals, w gpu.Workload) error {
	for _, p := range c.Precision {
		d, err := gpu.Open(0, gpu.Precision(p))
		if err != nil {
			return err
		}
		m, err := d.Measure(w)
		name := d.String()
		d.Close()
		if g.JSON {
			if err := json.NewEncoder(g.out).Encode(measuredDevice{name, m}); err != nil {
				return err
			}
		} else {
			printMeasured(g.out, name, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printMeasured writes tables of what was measured.
func printMeasured(w io.Writer, device string, m *gpu.Measured) {
	section(w, device)
	t := newTable(w, "", "measured", "")
	for _, x := range m.Timings {
		t.AppendRow(table.Row{x.Name, significant(x.Value), x.Unit})
	}
	t.Render()
	fmt.Fprintln(w)
	t = newTable(w, "what loops are planned by, ns", "measured", "compiled in")
	for _, x := range m.Constants {
		t.AppendRow(table.Row{x.Name, significant(1e9 * x.Measured), significant(1e9 * x.Guess)})
	}
	t.Render()
}
