// Package ssmc holds the test of the architecture; the program is cmd/ssmc.
package ssmc

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// mayImport is the whole architecture: what each folder may use of the others.
// A name stands for all below it; lang/diag is the one way to tell a user what
// is wrong, and so is open to whoever reads the user's files.
var mayImport = map[string][]string{
	"lang":      {},
	"models":    {},
	"runtime":   {},
	"compiler":  {"lang", "runtime"},
	"inference": {"runtime", "lang/diag"},
	"cmd":       {"lang", "compiler", "runtime", "inference", "models"},
}

// neverImport is what a folder inside another keeps from.
var neverImport = map[string][]string{
	"lang/diag":        {"lang"},
	"runtime/kernel":   {"runtime"},
	"runtime/scalar":   {"runtime/op", "runtime/cpu"},
	"runtime/exact":    {"runtime/op", "runtime/cpu", "runtime/kernel"},
	"runtime/op":       {"runtime/cpu", "runtime/kernel"},
	"compiler/ir":      {"compiler", "compiler/dist", "lang"},
	"compiler/dist":    {"compiler"},
	"inference/data":   {"inference", "runtime"},
	"runtime/schedule": {"runtime", "runtime/cpu", "runtime/kernel"},
	"runtime/cpu":      {"runtime/gpu"},
	// Kernels and what is printed for them know nothing of graphs and drivers.
	"runtime/gpu/kernels": {"runtime/cpu", "runtime/op", "runtime/schedule", "runtime/gpu/driver", "runtime/gpu/ptx"},
	"runtime/gpu/ptx":     {"runtime/cpu", "runtime/op", "runtime/schedule", "runtime/gpu/driver", "runtime/gpu/kernels"},
	// The way to a device and its stand-in on the CPU know nothing of models.
	"runtime/gpu/driver":   append([]string{"runtime/gpu/ptxemu", "runtime/gpu/fakecuda"}, aboveDevices...),
	"runtime/gpu/ptxemu":   append([]string{"runtime/gpu/driver", "runtime/gpu/fakecuda"}, aboveDevices...),
	"runtime/gpu/fakecuda": append([]string{"runtime/gpu/driver"}, aboveDevices...),
}

// aboveDevices is what computes on devices, or beside them.
var aboveDevices = []string{"runtime", "runtime/op", "runtime/cpu", "runtime/kernel", "runtime/scalar", "runtime/exact", "runtime/gpu"}

func TestImports(t *testing.T) {
	const module = "ssmc/"
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || filepath.Dir(path) == "." {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := filepath.ToSlash(filepath.Dir(path))
		for _, im := range f.Imports {
			p, ours := strings.CutPrefix(strings.Trim(im.Path.Value, `"`), module)
			if ours && !allowed(from, p, strings.HasSuffix(path, "_test.go")) {
				t.Errorf("%s imports %s", path, p)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// allowed reports whether package from may import package to. Tests may use
// what lies beside them: an oracle is no part of the house.
func allowed(from, to string, test bool) bool {
	if top(from) != top(to) {
		return within(to, mayImport[top(from)])
	}
	for inner, never := range neverImport {
		for _, n := range never {
			if !test && within(from, []string{inner}) && to == n {
				return false
			}
		}
	}
	return true
}

func within(p string, roots []string) bool {
	for _, r := range roots {
		if p == r || strings.HasPrefix(p, r+"/") {
			return true
		}
	}
	return false
}

func top(p string) string { first, _, _ := strings.Cut(p, "/"); return first }
