package lang

import (
	"testing"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// TestErrors reads every file of testdata/errors.
func TestErrors(t *testing.T) {
	diagtest.Files(t, "testdata/errors/*.ssm", func(name, text string) diag.List {
		_, found := Parse(&diag.Source{Name: name, Text: text})
		return found
	})
}

// TestExamples reads the example of every code of the reader, which must have
// that finding and no other.
func TestExamples(t *testing.T) {
	for _, code := range []diag.Code{
		diag.Syntax, diag.BadCharacter, diag.BadNumber, diag.UnclosedString, diag.UnclosedComment,
		diag.UnclosedBracket, diag.StrayBracket, diag.NestingTooDeep,
	} {
		_, found := Parse(&diag.Source{Name: "example.ssm", Text: diag.Lookup(code).Example})
		if len(found) != 1 || found[0].Code != code {
			t.Errorf("the example of %s yields %v", code, found)
		}
	}
}
