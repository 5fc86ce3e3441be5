package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"ssmc/compiler"
	"ssmc/compiler/dist"
	"ssmc/inference"
)

// docCmd describes a distribution, a function or a setting.
type docCmd struct {
	Name string `arg:"" optional:"" help:"Such as Normal, softplus or optimizer.lr; none to list them all."`
}

// Run finds what the name means, in this order.
func (c *docCmd) Run(g *globals) error {
	if c.Name == "" {
		return listDocs(g.out)
	}
	if d, ok := dist.Lookup(c.Name); ok {
		return writeDist(g.out, d)
	}
	for _, f := range append(compiler.Functions(), compiler.Words()...) {
		if f.Name == c.Name {
			_, err := fmt.Fprintf(g.out, "%s\n\n%s\n", f.Call, wrapped(f.Doc, 0))
			return err
		}
	}
	for _, k := range inference.Keys() {
		if k.Name == strings.TrimPrefix(c.Name, "train.") {
			return writeKey(g.out, k)
		}
	}
	if text, ok := netText(c.Name); ok {
		_, err := fmt.Fprint(g.out, text)
		return err
	}
	return unknown("distribution, function or setting", c.Name, docNames(), "ssmc doc")
}

func docNames() []string {
	names := dist.Names()
	for _, f := range append(compiler.Functions(), compiler.Words()...) {
		names = append(names, f.Name)
	}
	for _, k := range inference.Keys() {
		names = append(names, k.Name)
	}
	return append(names, netNames()...)
}

// listDocs is one line each.
func listDocs(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "Distributions")
	for _, d := range dist.All() {
		fmt.Fprintf(t, "  %s\t%s\n", d.Name, d.Doc)
	}
	fmt.Fprintln(t, "\nFunctions")
	for _, f := range compiler.Functions() {
		fmt.Fprintf(t, "  %s\t%s\n", f.Name, f.Doc)
	}
	fmt.Fprintln(t, "\nWords")
	for _, f := range compiler.Words() {
		fmt.Fprintf(t, "  %s\t%s\n", f.Name, f.Doc)
	}
	fmt.Fprintln(t, "\nSettings")
	for _, k := range inference.Keys() {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", k.Name, k.Default, k.Doc)
	}
	return t.Flush()
}

func writeDist(w io.Writer, d *dist.Dist) error {
	fmt.Fprintf(w, "%s(%s)\n\n%s It is over %s.\n\n", d.Name, strings.Join(parametersOf(d), ", "), wrapped(d.Doc, 0), d.Over.Values())
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range d.Params {
		fmt.Fprintf(t, "  %s\t%s\t%s\n", p.Name, valuesOf(d, p.Name, p.Support), p.Doc)
		for _, a := range p.Alts {
			fmt.Fprintf(t, "  or %s\t%s\t%s; %s = %s\n", a.Name, valuesOf(d, a.Name, a.Support), a.Doc, p.Name, a.Formula+beside(a))
			if and := a.And; and != nil {
				fmt.Fprintf(t, "  and %s\t%s\t%s\n", and.Name, valuesOf(d, and.Name, and.Support), and.Doc)
			}
		}
	}
	t.Flush() // the lines below show whether w takes them
	fmt.Fprintln(w)
	for _, f := range []struct{ name, formula string }{
		{"log density", d.LogProb}, {"mean", d.Mean}, {"sample", d.Sample}, {"KL(q || p)", d.KL},
	} {
		if f.formula != "" {
			fmt.Fprintf(t, "  %s\t%s\n", f.name, f.formula)
		}
	}
	fmt.Fprintf(t, "  source\t%s\n", d.Source)
	return t.Flush()
}

// beside says what an alternative has to be given with.
func beside(a dist.Alt) string {
	if a.With == "" {
		return ""
	}
	return "; together with " + a.With
}

// parametersOf is the ways to give each parameter: var= | sd=.
func parametersOf(d *dist.Dist) (out []string) {
	for _, p := range d.Params {
		names := []string{p.Name + "="}
		for _, a := range p.Alts {
			name := a.Name + "="
			if a.And != nil {
				name += ", " + a.And.Name + "="
			}
			names = append(names, name)
		}
		out = append(out, strings.Join(names, " | "))
	}
	return out
}

// valuesOf is what a parameter may be, in words: of a distribution over a vector
// of n numbers also its size.
func valuesOf(d *dist.Dist, name string, s dist.Support) string {
	if d.Joint == nil {
		return s.Values()
	}
	return s.Values() + " " + d.FormOf(name).String()
}

func writeKey(w io.Writer, k inference.Key) error {
	fmt.Fprintf(w, "%s\n\n%s\n\n", k.Name, wrapped(strings.ToUpper(k.Doc[:1])+k.Doc[1:]+".", 0))
	rows := [][2]string{{"values", k.Type}, {"default", k.Default}, {"needs", k.Needs}}
	if k.Extendable() {
		rows = append(rows, [2]string{"resume", "may be changed with --resume"})
	}
	rows = slices.DeleteFunc(rows, func(r [2]string) bool { return r[1] == "" })
	for _, r := range rows {
		fmt.Fprintf(w, "  %-7s  %s\n", r[0], r[1])
	}
	_, err := fmt.Fprintf(w, "\n  in a program         %s\n  on the command line  --set %s=%s\n", inProgram(k), k.Name, k.Default)
	return err
}

// inProgram is the block and line that set a key.
func inProgram(k inference.Key) string {
	block, path := "train", strings.Split(k.Name, ".")
	if path[0] == "eval" && len(path) > 1 {
		block, path = "eval", path[1:]
	}
	value := k.Default
	for i := len(path) - 1; i > 0; i-- {
		parent := strings.TrimSuffix(k.Name, strings.Join(path[i:], "."))
		value = fmt.Sprintf("%s(%s=%s)", choice(strings.TrimSuffix(parent, "."), k.Needs), path[i], value)
	}
	return fmt.Sprintf("%s { %s = %s }", block, path[0], value)
}

// choice is a value of the setting called key with which others have an effect,
// as needs says, or else its default.
func choice(key, needs string) string {
	if values, ok := strings.CutPrefix(needs, key+"="); ok {
		value, _, _ := strings.Cut(values, "|")
		return value
	}
	i := slices.IndexFunc(inference.Keys(), func(k inference.Key) bool { return k.Name == key })
	return inference.Keys()[i].Default
}
