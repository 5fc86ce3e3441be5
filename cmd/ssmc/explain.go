package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"ssmc/compiler"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// explainCmd explains the code of a finding, such as size-mismatch.
type explainCmd struct {
	Code string `arg:"" optional:"" help:"The word in brackets after error or warning; none to list them all."`

	Markdown bool `help:"List all codes as a table in Markdown, with what to do about each."`
}

// Run prints the entry of the code, with its example and what is found in it.
func (c *explainCmd) Run(g *globals) error {
	if c.Markdown && c.Code != "" {
		return fmt.Errorf("--markdown lists all codes: leave out %s", c.Code)
	}
	if c.Markdown {
		return listCodesMarkdown(g.out)
	}
	if c.Code == "" {
		return listCodes(g.out)
	}
	d := diag.Lookup(diag.Code(strings.Trim(c.Code, "[]")))
	if d == nil {
		return unknown("code", c.Code, codes(), "ssmc explain")
	}
	fmt.Fprintf(g.out, "%s: %s\n\n%s\n", d.Code, d.Summary, wrapped(d.Explanation, 0))
	if d.Example == "" {
		return nil
	}
	found, err := demonstrate(d)
	if err != nil {
		return err
	}
	fmt.Fprintf(g.out, "\nFor example:\n\n%s", indented(d.Example))
	if d.Data != "" {
		fmt.Fprintf(g.out, "\nwith the data\n\n%s", indented(d.Data))
	}
	fmt.Fprintf(g.out, "\nThe compiler says:\n\n%s", indented(found))
	return nil
}

func listCodes(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, d := range diag.Docs {
		fmt.Fprintf(t, "%s\t%s\n", d.Code, d.Summary)
	}
	return t.Flush()
}

func codes() (names []string) {
	for _, d := range diag.Docs {
		names = append(names, string(d.Code))
	}
	return names
}

// indented sets a text four columns in, and cuts lines that nobody would read to
// the end.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if runes := []rune(line); len(runes) > 200 {
			line = string(runes[:100]) + " ...\n"
		}
		if strings.TrimSpace(line) != "" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// demonstrate is what is found in the example of a code, as it is printed.
func demonstrate(d *diag.Doc) (string, error) {
	g := &globals{sources: map[string]*diag.Source{}}
	src := &diag.Source{Name: "example.ssm", Text: d.Example}
	g.register(src)
	f, found := lang.Parse(src)
	if !found.HasErrors() {
		p, more := compiler.Compile(f, compiler.Config{Library: library, Register: g.register})
		found.Add(more...)
		if p != nil {
			_, settings := configOf(p.Settings)
			found.Add(settings...)
		}
		if d.Data != "" && p != nil {
			inData, err := demonstrateData(p, d.Data)
			if err != nil {
				return "", err
			}
			found.Add(inData...)
		}
	}
	var b strings.Builder
	diag.Render(&b, found, func(name string) *diag.Source { return g.sources[name] }, false)
	return b.String(), nil
}

// demonstrateData opens a text as the data of a program.
func demonstrateData(p *compiler.Program, text string) (diag.List, error) {
	dir, err := os.MkdirTemp("", "ssmc")
	if err != nil {
		return nil, fmt.Errorf("make room for the example: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "example.csv")
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		return nil, fmt.Errorf("write the example: %w", err)
	}
	_, found, err := data.Open(path, schemaOf(p.Model.Ports), data.Options{})
	for _, f := range found {
		f.Span.Pos.Filename = filepath.Base(f.Span.Pos.Filename)
	}
	return found, err
}
