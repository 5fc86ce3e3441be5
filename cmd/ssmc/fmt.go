package main

import (
	"fmt"
	"os"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/models"
)

// fmtCmd lays files out in the canonical form.
type fmtCmd struct {
	Write bool     `short:"w" xor:"what" help:"Write the files instead of printing them."`
	Check bool     `xor:"what" help:"Only list the files that are not in the form; exit 1 if there are any."`
	Files []string `arg:"" help:"Files, or - for standard input."`
}

// Run goes through all files, whatever the findings in one of them.
func (c *fmtCmd) Run(g *globals) error {
	var result error
	for _, name := range c.Files {
		text, err := g.readFile(name)
		if _, shipped := models.Model(name); shipped && err != nil {
			return fmt.Errorf("%s is a model that comes with ssmc, not a file, and in the form already; ssmc show %s prints it", name, name)
		}
		if err != nil {
			return err
		}
		src := &diag.Source{Name: name, Text: text}
		g.register(src)
		laid, found := lang.Format(src)
		if err := g.report(found); err != nil {
			result = err
			continue
		}
		if err := c.deliver(g, name, text, laid); err == errFindings {
			result = err
		} else if err != nil {
			return err
		}
	}
	return result
}

// deliver prints, writes or compares one file.
func (c *fmtCmd) deliver(g *globals, name, was, is string) error {
	switch {
	case c.Check && was != is:
		fmt.Fprintln(g.out, name)
		return errFindings
	case c.Check:
		return nil
	case !c.Write || name == "-":
		_, err := fmt.Fprint(g.out, is)
		return err
	case was == is:
		return nil
	}
	if err := os.WriteFile(name, []byte(is), 0o666); err != nil {
		return fmt.Errorf("write the program: %w", err)
	}
	return nil
}
