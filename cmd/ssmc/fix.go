package main

import (
	"fmt"
	"regexp"
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// fixed is a program in which parameters are constants: what --fix NAME=VALUE
// says is written into its text, so that it is kept with the run.
func (g *globals) fixed(src *diag.Source, list []string) (*diag.Source, error) {
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("--fix %s: write --fix NAME=VALUE, as in --fix alpha=0.5", text)
		}
		next, err := fixOne(src, strings.TrimSpace(name), strings.TrimSpace(value))
		if err != nil {
			return nil, fmt.Errorf("--fix %s: %w", text, err)
		}
		src = next
		g.register(src)
	}
	return src, nil
}

// fixOne replaces the declaration of a parameter.
func fixOne(src *diag.Source, name, value string) (*diag.Source, error) {
	file, found := lang.Parse(src)
	if found.HasErrors() {
		return src, nil // which is reported when it is compiled
	}
	if _, wrong := lang.ParseExpr("--fix", value); wrong.HasErrors() {
		return nil, fmt.Errorf("%s is no number, nor a list of numbers such as [0.5, 1]", value)
	}
	var names []string
	for _, it := range file.Items {
		if it.Model == nil {
			continue
		}
		name := strings.TrimPrefix(name, it.Model.Name.Text+".")
		for _, s := range it.Model.Stmts {
			if s.Param == nil {
				continue
			}
			if p := s.Param; p.Name.Text == name {
				if len(p.Type.Sizes) > 1 || p.For != nil || p.Type.Name.Text != "real" {
					return nil, fmt.Errorf("%s is %s, and only numbers and vectors can be fixed; write init and const in the program", name, lang.Text(p.Type))
				}
				if !namedOutside(src.Text, name, p.Span) {
					return nil, fmt.Errorf("it has no effect: nothing reads %s", name)
				}
				text := src.Text[:p.Span.Pos.Offset] + "const " + name + " = " + value + src.Text[p.Span.EndPos.Offset:]
				return &diag.Source{Name: src.Name, Text: text}, nil
			}
			names = append(names, s.Param.Name.Text)
		}
	}
	return nil, fmt.Errorf("the model has no parameter %s%s", name, otherwise(name, names))
}

// otherwise is the near miss as a question, or the names that there are.
func otherwise(name string, names []string) string {
	if near := diag.Suggest(name, names); near != "" {
		return "; did you mean " + near + "?"
	}
	if len(names) == 0 {
		return ": it has none of its own, and those of nets are not fixed by name"
	}
	return ": it has " + strings.Join(names, ", ")
}

// namedOutside reports whether a program names something outside a span.
func namedOutside(text, name string, at diag.Span) bool {
	word := regexp.MustCompile(`(^|[^\pL\pN_])` + regexp.QuoteMeta(name) + `($|[^\pL\pN_])`)
	return word.MatchString(text[:at.Pos.Offset]) || word.MatchString(text[at.EndPos.Offset:])
}
