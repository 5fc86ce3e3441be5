package ptx

import (
	"fmt"
	"regexp"
	"strings"
)

// A snippet is the body of a short function of a module, which is written where it
// is called: a call would keep a hundred cycles from what takes twenty.
type snippet struct {
	name string
	body []string // lines
}

// longest is the lines of the longest body that is copied.
const longest = 100

var (
	opForm    = regexp.MustCompile(`(?s)\.visible \.func +\(\.param \.b32 func_retval0\) (op_\w+)\(([^)]*)\)\s*\{\n(.*?)\n\}`)
	readForm  = regexp.MustCompile(`^ld\.param\.f32 \s*(\S+), \[op_\w+_param_(\d)\];$`)
	writeForm = regexp.MustCompile(`^st\.param\.f32 \s*\[func_retval0(?:\+0)?\], (\S+);$`)
	labelForm = regexp.MustCompile(`\$L__\w+`)
)

// snippets is the functions op_... of a module whose bodies are short and call none.
func snippets(text string) map[string]*snippet {
	found := map[string]*snippet{}
	for _, m := range opForm.FindAllStringSubmatch(text, -1) {
		s := &snippet{name: m[1], body: strings.Split(m[3], "\n")}
		if len(s.body) <= longest && !strings.Contains(m[3], "call") {
			found[s.name] = s
		}
	}
	return found
}

// paste writes the body of s in a scope of its own, where its registers hide nothing
// that it is given: those of clang have other names than those of a routine.
func (w *formulaWriter) paste(s *snippet, args []string) string {
	d, end := w.reg(number), w.label("end")
	w.text.WriteString("\t{\n")
	for _, line := range s.body {
		line = strings.TrimSpace(line)
		switch m := readForm.FindStringSubmatch(line); {
		case m != nil:
			line = fmt.Sprintf("mov.f32 \t%s, %s;", m[1], args[m[2][0]-'0'])
		case line == "ret;":
			line = "bra.uni \t" + end + ";"
		default:
			line = writeForm.ReplaceAllString(line, "mov.f32 \t"+d+", $1;")
			line = labelForm.ReplaceAllStringFunc(line, func(l string) string { return end + l[1:] })
		}
		w.text.WriteString("\t" + line + "\n")
	}
	w.text.WriteString("\t}\n")
	w.place(end)
	return d
}
