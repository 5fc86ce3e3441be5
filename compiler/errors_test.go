package compiler

import (
	"slices"
	"strings"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// TestErrors compiles every file of testdata/errors.
func TestErrors(t *testing.T) { diagtest.Files(t, "testdata/errors/*.ssm", find) }

// find is what there is to say of a program.
func find(name, text string) diag.List {
	f, found := lang.Parse(&diag.Source{Name: name, Text: text})
	if found.HasErrors() {
		return found
	}
	_, more := Compile(f, Config{Library: library})
	return append(found, more...)
}

// readers are the codes of the reader, which its own tests show.
var readers = []diag.Code{diag.Syntax, diag.BadCharacter, diag.BadNumber, diag.UnclosedString, diag.UnclosedComment,
	diag.UnclosedBracket, diag.StrayBracket, diag.NestingTooDeep, diag.FileTooLarge}

// compiled lists the codes that the compiler finds in a program alone: settings
// are judged by who uses them, and data when there are data.
func compiled() []diag.Doc {
	return slices.DeleteFunc(slices.Clone(diag.Docs), func(d diag.Doc) bool {
		return d.Data != "" || d.Example == "" || d.Code == diag.BadSetting
	})
}

// TestExamples compiles the example of every code, which must have that finding
// and no other.
func TestExamples(t *testing.T) {
	for _, d := range compiled() {
		found := find("example.ssm", d.Example)
		if len(found) == 0 || slices.ContainsFunc(found, func(f *diag.Diagnostic) bool { return f.Code != d.Code }) {
			t.Errorf("the example of %s yields %v", d.Code, found)
		}
	}
}

// TestErrorsCoverCodes sees to it that testdata/errors shows every code.
func TestErrorsCoverCodes(t *testing.T) {
	var all strings.Builder
	for _, name := range diagtest.Glob(t, "testdata/errors/*.ssm") {
		all.WriteString(diagtest.ReadFile(t, name))
	}
	for _, d := range compiled() {
		if !slices.Contains(readers, d.Code) && !strings.Contains(all.String(), " "+string(d.Code)+": ") {
			t.Errorf("no file of testdata/errors has the finding %s", d.Code)
		}
	}
}
