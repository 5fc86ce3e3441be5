package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/lang/diag"
	"ssmc/runtime/gpu"
)

// planCmd says how a model will be inferred, and why.
type planCmd struct {
	Model string   `arg:"" help:"A file, or the name of a model that comes with ssmc."`
	Guide guideArg `placeholder:"GUIDE" help:"A guide by name, q(...), or a file with one."`
	Data  string   `placeholder:"DATA" help:"Data to bind the sizes that only they know, and to tell the memory of a fit."`
	Latex bool     `help:"Print the bound as a LaTeX formula, and nothing else."`

	Device string `default:"cpu" enum:"cpu,cuda" placeholder:"cpu|cuda" help:"With cuda, also tell where each op would be computed on an NVIDIA GPU; it needs none."`
}

// Run compiles and prints the plan.
func (c *planCmd) Run(g *globals) error {
	p, err := g.compile(request{model: c.Model, guide: string(c.Guide), data: c.Data})
	if err != nil {
		return err
	}
	if err := g.checkCarry(p); err != nil {
		return err
	}
	plan := planned{Plan: p.Plan()}
	if p.config.Carry {
		plan.Pieces = inference.CarryNotes(p.Model, p.config)
	}
	if c.Device == "cuda" {
		if plan.Placement, err = placement(p); err != nil {
			return err
		}
	}
	switch {
	case c.Latex:
		fmt.Fprint(g.out, plan.LaTeX())
	case g.JSON:
		return json.NewEncoder(g.out).Encode(plan)
	default:
		printPlan(g.out, plan)
		if c.Device == "cuda" {
			printPlacement(g.out, plan.Placement)
		}
		return printMemory(g.out, p)
	}
	return nil
}

// planned is a plan with what its settings make of it.
type planned struct {
	compiler.Plan
	Pieces []string `json:",omitempty"` // what they take over, in words

	Placement []gpu.Placed `json:",omitempty"` // of a fit's ops on a GPU
}

// checkCarry reports a program that carries over pieces what they cannot share.
func (g *globals) checkCarry(p *program) error {
	if !p.config.Carry {
		return nil
	}
	err := p.CanCarry()
	if err == nil {
		return nil
	}
	return g.report(diag.List{badSetting(blame(p.Settings, err), err)})
}

// printMemory tells what a fit to the program's data would take, if it has any.
func printMemory(w io.Writer, p *program) error {
	if p.data == nil {
		return nil
	}
	device := inference.NewCPU(p.config.Threads)
	defer device.Close()
	f, err := inference.Measure(p.Model, p.data.Train, p.config, device)
	if err != nil {
		return err
	}
	section(w, "Memory of a fit")
	fmt.Fprintf(w, "  %d MB for parameters, gradients and moments\n", f.Parameters>>20)
	fmt.Fprintf(w, "  %d MB for the largest batch, %s\n", f.Batch>>20, count(f.Frames, "frame"))
	return nil
}

func printPlan(w io.Writer, p planned) {
	section(w, "Variables")
	for _, v := range p.Variables {
		fmt.Fprintf(w, "  %s %s: %s\n      %s\n", v.Role, v.Name, v.Type, v.How)
	}
	section(w, "Guides")
	for _, g := range p.Guides {
		printGuide(w, g)
	}
	section(w, "Bound, to be maximised: the sum over t of")
	for _, t := range p.Bound {
		sign := "+"
		if t.Kind.Sign() < 0 {
			sign = "-"
		}
		fmt.Fprintf(w, "  %s %s   (%s%s)\n", sign, t.Name, t.How, t.Counted())
	}
	if len(p.Pieces) > 0 {
		section(w, "Pieces")
	}
	for _, line := range p.Pieces {
		fmt.Fprintf(w, "  %s\n", line)
	}
	printFloors(w, p.Floors)
	section(w, "Parameters")
	printNets(w, p.Nets)
}

func section(w io.Writer, title string) { fmt.Fprintf(w, "\n%s\n", title) }

// printFloors lists what is kept away from zero.
func printFloors(w io.Writer, floors []compiler.PlannedFloor) {
	if len(floors) > 0 {
		section(w, "Floors, for what is computed and must be positive")
	}
	for _, f := range floors {
		of := ""
		if f.Guide {
			of = ", of the guide"
		}
		given := ""
		if f.As != f.Parameter {
			given = f.Parameter + " gives "
		}
		fmt.Fprintf(w, "  %s: %s%s + %g%s\n", f.Variable, given, f.As, f.Floor, of)
	}
}

// printGuide prints a guide with what it misses, latent by latent.
func printGuide(w io.Writer, g compiler.PlannedGuide) {
	chosen := ""
	if g.Chosen {
		chosen = "   <- this one"
	}
	fmt.Fprintf(w, "  %s = %s%s\n", g.Name, g.Written, chosen)
	if g.Note != "" {
		fmt.Fprintf(w, "      %s\n", g.Note)
	}
	for _, d := range g.Grades {
		if len(d.Missing) == 0 {
			fmt.Fprintf(w, "      %s: faithful, it sees all that the posterior depends on\n", d.Latent)
			continue
		}
		fmt.Fprintf(w, "      %s: never sees %s; its bound cannot be tight. The smallest factor that can be exact: %s\n",
			d.Latent, strings.Join(d.Missing, " and "), d.Faithful)
	}
}

func printNets(w io.Writer, nets []compiler.PlannedNet) {
	t := newTable(w, "", "of the", "numbers")
	total := 0
	for _, n := range nets {
		t.AppendRow(table.Row{n.Name, owner(n.Guide), n.Count})
		total += n.Count
	}
	t.AppendRow(table.Row{"all", "", total})
	t.Render()
}

func owner(guide bool) string {
	if guide {
		return "guide"
	}
	return "model"
}
