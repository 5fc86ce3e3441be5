package main

import (
	"os"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

// TestDemonstrate sees to it that what explain prints of every example is its
// code, beside which there may be warnings.
func TestDemonstrate(t *testing.T) {
	for _, d := range diag.Docs {
		if d.Example == "" {
			continue
		}
		text, err := demonstrate(&d)
		if err != nil {
			t.Fatal(err)
		}
		own := strings.Count(text, "["+string(d.Code)+"]: ")
		if errors := strings.Count(text, ": error["); own == 0 || errors > 0 && errors != strings.Count(text, ": error["+string(d.Code)+"]: ") {
			t.Errorf("the example of %s yields\n%s", d.Code, text)
		}
	}
}

func TestWrapped(t *testing.T) {
	text := strings.Repeat("word ", 60)
	got := wrapped(text, 4)
	for i, line := range strings.Split(got, "\n") {
		if n := len(line); n > width || i > 0 && !strings.HasPrefix(line, "    word") {
			t.Errorf("line %d is %d columns wide: %q", i, n, line)
		}
	}
	if strings.Join(strings.Fields(got), " ") != strings.TrimSpace(text) {
		t.Error("words were lost:", got)
	}
}

// TestRefusals sees to it that docs/refusals.md is what ssmc explain --markdown
// writes; -update rewrites it.
func TestRefusals(t *testing.T) {
	const path = "../../docs/refusals.md"
	if *update {
		if err := os.WriteFile(path, []byte(codesMarkdown()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != codesMarkdown() {
		t.Errorf("%s is not current (%v): go test ./cmd/ssmc -run Refusals -update", path, err)
	}
	if n := strings.Count(codesMarkdown(), "\n| `"); n != len(diag.Docs) {
		t.Errorf("the table has %d rows, and there are %d codes", n, len(diag.Docs))
	}
}
