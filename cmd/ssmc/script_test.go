package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain lets scripts run the command itself.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ssmc": main})
}

// TestScript runs the scripts in testdata/script, one a verb.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update, RequireUniqueNames: true})
}
