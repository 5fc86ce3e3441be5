package compiler

import (
	"strings"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// TestLongSum: what a sum of many terms takes does not go with the cube of their
// number, where brackets do not bound how deep it is.
func TestLongSum(t *testing.T) {
	text := strings.Replace(low, "Normal(mean=z[t][1], sd=s)", "Normal(mean=z[t][1]"+strings.Repeat("+1", 900)+", sd=s)", 1)
	f, found := lang.Parse(&diag.Source{Name: "long.ssm", Text: text})
	if found.HasErrors() {
		t.Fatal(found)
	}
	diagtest.Bounded(t, 256<<20, func() {
		if _, found := Compile(f, Config{Library: library, Guide: "G"}); found.HasErrors() {
			t.Error(found)
		}
	})
}
