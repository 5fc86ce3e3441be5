package main

import (
	"fmt"
	"slices"
	"strings"

	"ssmc/compiler"
	"ssmc/inference/data"
	"ssmc/lang"
)

// checkCmd compiles a model, opens data with it, and says what they are.
type checkCmd struct {
	Model string   `arg:"" help:"A file, the name of a model that comes with the program, or - for standard input."`
	Data  string   `placeholder:"PATH" help:"Data that the model is to be fitted to: a file, or a folder with train, valid and test."`
	Guide guideArg `placeholder:"GUIDE" help:"A guide by name, q(...), or a file with one."`
	Dump  string   `placeholder:"WHAT" help:"Print what a phase made of the program: names, guide, ir, bound or graph."`
}

// Run prints what the program is, or the phase that was asked for.
func (c *checkCmd) Run(g *globals) error {
	if c.Dump != "" && !slices.Contains(compiler.Dumps, c.Dump) {
		return unknown("dump", c.Dump, compiler.Dumps, "")
	}
	if done, err := c.library(g); done || err != nil {
		return err
	}
	p, err := g.compile(request{model: c.Model, guide: string(c.Guide), data: c.Data})
	if err != nil {
		return err
	}
	if err := g.checkCarry(p); err != nil {
		return err
	}
	if c.Dump != "" {
		text, _ := p.Dump(c.Dump)
		fmt.Fprint(g.out, text)
		return nil
	}
	fmt.Fprint(g.out, p.summary())
	return nil
}

// library checks a file of nets alone: how it is written, since what nets do is
// known where a model calls them.
func (c *checkCmd) library(g *globals) (done bool, err error) {
	src, err := g.read(c.Model)
	if err != nil {
		return false, err
	}
	file, found := lang.Parse(src)
	var nets []string
	for _, it := range file.Items {
		switch {
		case it.Net != nil:
			nets = append(nets, it.Net.Name.Text)
		case it.Use == nil:
			return false, nil
		}
	}
	if len(nets) == 0 || found.HasErrors() {
		return false, nil
	}
	if c.Data != "" || c.Guide != "" || c.Dump != "" {
		return true, fmt.Errorf("%s is a library of nets, and has no model: drop --data, --guide and --dump", src.Name)
	}
	fmt.Fprintf(g.out, "%s: a library, %s: %s\n", src.Name, count(len(nets), "net"), strings.Join(nets, ", "))
	return true, g.report(found)
}

// summary is a program in a few lines.
func (p *program) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: model %s is in order\n", p.source.Name, p.Model.Name)
	fmt.Fprintf(&b, "  guide       %s\n", p.Model.Guide)
	fmt.Fprintf(&b, "  parameters  %s\n", p.parameters())
	for i, t := range p.Terms {
		fmt.Fprintf(&b, "  %-10s  %s (%s)\n", heading(i, "bound"), signed(t), t.How)
	}
	if p.data != nil {
		for i, line := range dataLines(p.data) {
			fmt.Fprintf(&b, "  %-10s  %s\n", heading(i, "data"), line)
		}
	}
	return b.String()
}

// heading is the word before the first of several lines.
func heading(i int, word string) string {
	if i > 0 {
		return ""
	}
	return word
}

func signed(t compiler.Term) string {
	if t.Kind.Sign() < 0 {
		return "- " + t.Name
	}
	return "+ " + t.Name
}

// parameters counts the numbers that are learned.
func (p *program) parameters() string {
	model, guide := 0, 0
	for _, q := range p.Model.Params {
		switch {
		case q.Fixed:
		case q.Guide:
			guide += q.Size()
		default:
			model += q.Size()
		}
	}
	return fmt.Sprintf("%d of the model, %d of the guide", model, guide)
}

// dataLines is the sets of the data, each with what tells its contents, and how
// they were read.
func dataLines(b *data.Bundle) (lines []string) {
	for _, p := range partsOf(b) {
		lines = append(lines, fmt.Sprintf("%s: %s, %s (%s)", p.name, count(len(p.set.Sequences), "sequence"), count(p.set.Frames(), "frame"), p.set.Fingerprint))
	}
	return append(lines, b.Notes...)
}
