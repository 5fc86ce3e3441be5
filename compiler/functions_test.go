package compiler

import (
	"strings"
	"testing"
)

func TestFunctions(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range Functions() {
		if _, ok := builtins[f.Name]; !ok {
			t.Errorf("%s is documented but not built in", f.Name)
		}
		if documented[f.Name] || !strings.HasPrefix(f.Call, f.Name) || strings.HasPrefix(f.Doc, ",") {
			t.Errorf("the entry of %s is wrong: %+v", f.Name, f)
		}
		documented[f.Name] = true
	}
	for name := range builtins {
		if !documented[name] {
			t.Errorf("%s is built in but not documented", name)
		}
	}
}
