// Package diagtest compares findings with what a file of testdata says they
// should be, drawn as carets under its own lines.
package diagtest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ssmc/lang/diag"
)

var update = flag.Bool("update", false, "rewrite what testdata expects")

// expectation is a comment under a line of code: carets below the span, or an
// arrow where the comment's own marks are in the way, then the code and the
// message. What is found in other texts, such as a guide written out, stands at
// the end.
var expectation = regexp.MustCompile(`^//[ \t]*(\^+|<-|in) `)

// Files compares the findings in every file that matches pattern. A line that is
// wrong is followed by comments that draw the diagnostics exactly where they
// belong:
//
//	z[1] ~ Guassian(mean=0, var=1)
//	//     ^^^^^^^^ unknown-name: nothing is named Guassian
func Files(t *testing.T, pattern string, find func(name, text string) diag.List) {
	for _, name := range Glob(t, pattern) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			Golden(t, name, annotate(filepath.Base(name), ReadFile(t, name), find))
		})
	}
}

// Glob is the files that match pattern, of which there must be some.
func Glob(t testing.TB, pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatal("no test files match", pattern, err)
	}
	return names
}

// ReadFile is the text of a file.
func ReadFile(t testing.TB, name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Golden compares got with a file, or with -update rewrites the file.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(ReadFile(t, name), got); d != "" {
		t.Errorf("run with -update and read the diff.\n%s", d)
	}
}

// annotate replaces the expectations in text by what the compiler says.
func annotate(name, text string, find func(name, text string) diag.List) string {
	var code []string
	for line := range strings.SplitSeq(text, "\n") {
		if !expectation.MatchString(line) {
			code = append(code, line)
		}
	}
	lines := slices.Clone(code)
	for _, d := range find(name, strings.Join(code, "\n")) {
		i := d.Span.Pos.Line - 1
		if d.Span.Pos.Filename != name || i < 0 {
			lines[len(lines)-1] += fmt.Sprintf("// in %s\n", strings.ReplaceAll(d.Error(), "\n", " "))
			continue
		}
		lines[i] += "\n//" + carets(code[i], d.Span) + " " + finding(d, code)
	}
	return strings.Join(lines, "\n")
}

// finding is a diagnostic without its place.
func finding(d *diag.Diagnostic, code []string) string {
	out := fmt.Sprintf("%s: %s", d.Code, d.Message)
	if d.Severity == diag.Warning {
		out = "warning " + out
	}
	if d.Help != "" {
		out += "; " + d.Help
	}
	for _, n := range d.Notes {
		out += fmt.Sprintf(" [%s: %s]", n.Message, excerpt(n.Span, code))
	}
	return out
}

// excerpt is the text of a span, or where it is if not in code.
func excerpt(s diag.Span, code []string) string {
	if s.Pos.Line < 1 || s.Pos.Line > len(code) || s.EndPos.Line != s.Pos.Line || strings.HasPrefix(s.Pos.Filename, "std.") {
		return s.Pos.String()
	}
	return string([]rune(code[s.Pos.Line-1])[s.Pos.Column-1 : s.EndPos.Column-1])
}

// carets draws a span under its line, of which the comment marks take two columns.
func carets(line string, s diag.Span) string {
	if s.Pos.Column < 3 {
		return " <-"
	}
	n := s.EndPos.Column - s.Pos.Column
	if s.EndPos.Line > s.Pos.Line {
		n = len([]rune(line)) - s.Pos.Column + 1
	}
	return strings.Repeat(" ", s.Pos.Column-3) + strings.Repeat("^", max(1, n))
}
