package main

import (
	"fmt"
	"io"

	"ssmc/runtime"
	"ssmc/runtime/gpu"
)

// placement is where a fit of p would be computed on a GPU.
func placement(p *program) ([]gpu.Placed, error) {
	list, _, err := gpu.Placement(p.Model, runtime.Spec{Train: true, Carry: p.config.Carry})
	return list, err
}

// printPlacement tells where each op of a fit is computed on a GPU, and which have no
// kernel there.
func printPlacement(w io.Writer, list []gpu.Placed) {
	section(w, "On a GPU")
	missing := 0
	for _, p := range list {
		way := "forward"
		switch {
		case p.Where == gpu.Missing:
			way = ""
			missing++
		case p.Back:
			way = "back"
		}
		line := fmt.Sprintf("  %-8s %-14s %-14s %s", way, p.Op, p.Where, p.Pos)
		if p.How != "" {
			line += " (" + p.How + ")"
		}
		fmt.Fprintln(w, line)
	}
	if missing > 0 {
		fmt.Fprintln(w, "  Not all ops have a kernel: this model is computed with --device cpu, or auto.")
		return
	}
	fmt.Fprintln(w, "  All ops have a kernel: whole updates, data and noise stay on the GPU.")
}
