package main

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
)

// The lines of a file that the tables stand between.
const (
	begin = "<!-- bench/paper writes this -->"
	end   = "<!-- to here -->"
)

// rewrite replaces the tables in a file.
func rewrite(name, text string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	head, rest, found := strings.Cut(string(old), begin+"\n")
	_, tail, ended := strings.Cut(rest, end+"\n")
	if !found || !ended {
		return fmt.Errorf("%s has no place for the tables: put the lines %s and %s there", name, begin, end)
	}
	return os.WriteFile(name, []byte(head+begin+"\n\n"+text+"\n"+end+"\n"+tail), 0o666)
}

// listing is the cells with the folders of their runs, and how these stand.
func (f *flags) listing(list []cell) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "cell\tfolder of the run\tmodel\tguide\tseed\tsettings\tstate")
	for _, c := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", c.path(), f.dir(&c), files[c.model], c.guide, c.seed, strings.Join(c.set, " "), f.state(&c))
	}
	w.Flush()
	return b.String()
}

// state is how a cell's run stands.
func (f *flags) state(c *cell) string {
	r, err := openRun(f.dir(c))
	switch {
	case os.IsNotExist(err):
		return "not run"
	case err != nil:
		return err.Error()
	}
	if err := c.suits(r); err != nil {
		return err.Error()
	}
	text := fmt.Sprintf("%s, %d of %d epochs", r.State, r.Epochs, r.asked())
	if old, err := f.readRecord(c); err == nil && old.scoredAs(r, f.samples) {
		text += ", scored"
	}
	return text
}
