package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	"ssmc/inference/data"
	"ssmc/lang/diag"
)

// newCmd writes a model to start from.
type newCmd struct {
	Name string `arg:"" help:"The model is written to NAME.ssm."`
	Data string `placeholder:"PATH" help:"Data to declare the variables of: a file, or a folder with train, valid and test."`
}

// Run never writes over a file.
func (c *newCmd) Run(g *globals) error {
	file := strings.TrimSuffix(c.Name, ".ssm") + ".ssm"
	summary := &data.Summary{Guess: data.Schema{Vars: []data.Var{{Name: "x", Kind: data.Real, Size: 1}}}}
	if base := strings.TrimSuffix(filepath.Base(file), ".ssm"); c.Name == "" || strings.Trim(base, ". ") == "" {
		return errors.New("a model needs a name: write ssmc new NAME")
	}
	if c.Data != "" {
		var err error
		if summary, err = describe(g, c.Data); err != nil {
			return err
		}
	}
	text := starter(filepath.Base(strings.TrimSuffix(file, ".ssm")), summary)
	if err := create(file, text); err != nil {
		return err
	}
	_, err := fmt.Fprintf(g.out, "wrote %s; next: ssmc check %s\n", file, strings.TrimSpace(file+" "+dataFlag(c.Data)))
	return err
}

// describe reads what columns there are.
func describe(g *globals, path string) (*data.Summary, error) {
	summary, found, err := data.Describe(path, data.Options{})
	if err := firstOf(err, g.report(found)); err != nil {
		return nil, err
	}
	if err := tellText(g, path, summary.Columns); err != nil {
		return nil, err
	}
	if len(summary.Guess.Vars) == 0 {
		return nil, fmt.Errorf("%s has no columns of numbers to model", path)
	}
	return summary, nil
}

// tellText says which columns are left out because of text in them. Where they
// also hold numbers it is told where the text stands: it may be a slip.
func tellText(g *globals, path string, columns []data.Column) error {
	for _, c := range columns {
		if c.Index || c.Text == 0 {
			continue
		}
		fmt.Fprintf(g.err, "column %s is left out: %s text\n", c.Name, fieldsHold(c.Text))
		if math.IsNaN(c.Min) { // no numbers at all
			continue
		}
		schema := data.Schema{Vars: []data.Var{{Name: "x", Kind: data.Real, Size: 1, Missing: true, Columns: []string{c.Name}}}}
		_, found, err := data.Open(path, schema, data.Options{})
		if err != nil {
			return err
		}
		var slips diag.List
		for _, d := range found {
			if d.Severity == diag.Error {
				d.Severity = diag.Warning
				slips.Add(d)
			}
		}
		if err := g.report(slips); err != nil {
			return err
		}
	}
	return nil
}

func fieldsHold(n int) string {
	if n == 1 {
		return "1 field holds"
	}
	return count(n, "field") + " hold"
}

// firstOf is the first error that is one.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func dataFlag(path string) string {
	if path == "" {
		return ""
	}
	return "--data " + path
}

// create writes a file that must not exist.
func create(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already, and is left as it is", name)
	}
	if err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	_, err = f.WriteString(text)
	if err := firstOf(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}
