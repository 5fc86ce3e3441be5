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

// TestWords asks for what types, and what one-line guides take, to be documented.
func TestWords(t *testing.T) {
	documented := map[string]bool{}
	for _, f := range append(Functions(), Words()...) {
		if !strings.Contains(f.Call, f.Name) {
			t.Errorf("%s is shown as %s", f.Name, f.Call)
		}
		documented[f.Name] = true
	}
	names := append([]string{}, recipeKeys...)
	for name := range paramTypes {
		names = append(names, name)
	}
	for name := range kinds {
		names = append(names, name)
	}
	for _, name := range names {
		if !documented[name] {
			t.Errorf("%s is not documented", name)
		}
	}
}
