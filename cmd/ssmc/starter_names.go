package main

import (
	"slices"
	"strings"
	"unicode"

	"ssmc/compiler"
	"ssmc/compiler/dist"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// modelsOwn are the names that the model uses itself.
var modelsOwn = []string{"t", "T", "dt", "z", "state", "trans", "seen", "ahead", "both"}

// takenNames are those that a variable would hide: the model's own, and those of
// distributions, functions and the nets of the libraries.
func takenNames() []string {
	names := slices.Concat(modelsOwn, dist.Names(), netNames())
	for _, f := range compiler.Functions() {
		names = append(names, f.Name)
	}
	return names
}

// named gives each variable a name that the language takes. Columns whose names
// it does not take are read by name.
func named(s *data.Summary) []data.Var {
	used := takenNames()
	out := slices.Clone(s.Guess.Vars)
	for i := range out {
		v := &out[i]
		name := identifier(v.Name)
		for slices.Contains(used, name) || !parses(name) {
			name += "_"
		}
		if name != v.Name {
			v.Columns = columnsOf(*v, s.Columns)
		}
		v.Name = name
		used = append(used, name, name+"_sd", name+"_net", name+"_mid", name+"_scale")
	}
	return out
}

// columnsOf is the columns that hold a variable, in their order.
func columnsOf(v data.Var, columns []data.Column) (names []string) {
	for _, c := range columns {
		if isColumnOf(c.Name, v) {
			names = append(names, c.Name)
		}
	}
	return names
}

// identifier is a text with what no name may hold replaced.
func identifier(text string) string {
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '_'
	}, text)
	if name == "" || unicode.IsDigit(rune(name[0])) {
		name = "x" + name
	}
	return name
}

// parses reports whether the language takes a name for a variable: keywords are
// not.
func parses(name string) bool {
	_, found := lang.Parse(&diag.Source{Text: "model M {\n  observed " + name + "[t]: real\n  " + name + "[t] ~ f(" + name + "[t])\n}\n"})
	return !found.HasErrors()
}

// modelName is a file's name as a model is called: local_level is LocalLevel.
func modelName(file string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(file, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return identifier(b.String())
}
