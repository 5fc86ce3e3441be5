package compiler

import (
	"testing"

	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
)

// FuzzCompile takes any text through all phases, to a graph and its printed
// findings: whatever it says, it must not panic, nor take a gigabyte.
func FuzzCompile(f *testing.F) {
	for _, d := range diag.Docs {
		f.Add(d.Example)
	}
	for _, pattern := range []string{"testdata/errors/*.ssm", "../models/*.ssm", "../lang/testdata/models/*.ssm"} {
		for _, name := range diagtest.Glob(f, pattern) {
			f.Add(diagtest.ReadFile(f, name))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		diagtest.Bounded(t, 1<<30, func() {
			if err := survive(text); err != nil {
				t.Error(err)
			}
		})
	})
}
