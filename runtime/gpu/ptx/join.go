package ptx

import (
	"regexp"
	"strings"
)

// externForm is how clang declares a function of another file.
var externForm = regexp.MustCompile(`\.extern \.func +` + entry + `\s*\(([^)]*)\)\s*;`)

// Join is a kernel module, in which map_program is declared and the functions of
// exports.h are defined, together with programs: one module for the driver. It panics
// where the module declares no map_program, and as Module does.
func Join(text string, programs []Program) string {
	if !externForm.MatchString(text) {
		panic("ptx: the module declares no " + entry)
	}
	text = externForm.ReplaceAllLiteralString(text, head(entry, ".visible ", entryTypes)+";")
	return strings.TrimRight(text, "\n") + "\n" + module(programs, snippets(text))
}
