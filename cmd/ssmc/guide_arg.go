package main

import (
	"errors"
	"slices"
	"strings"

	"ssmc/compiler"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// A guideArg is a guide on the command line: a name, q(...), or a file with one.
type guideArg string

// UnmarshalText takes the text of a flag, which may not be empty.
func (a *guideArg) UnmarshalText(text []byte) error {
	if len(strings.TrimSpace(string(text))) == 0 {
		return errors.New("a guide is a name, q(...) or a file with one; leave --guide out for the guide of the program")
	}
	*a = guideArg(text)
	return nil
}

// foundGuides are the guides that the compiler finds for a model by itself.
var foundGuides = []string{"auto", "exact"}

// guideNames are the guides that need no line in a program.
func guideNames() []string { return append(compiler.Structures(), foundGuides...) }

// plainGuide is auto or exact where name is one of them in other letters, as AUTO,
// and the file has no guide of that name.
func plainGuide(name string, f *lang.File) string {
	lower := strings.ToLower(name)
	own := slices.ContainsFunc(f.Items, func(it *lang.Item) bool { return it.Guide != nil && it.Guide.Name.Text == name })
	if own || !slices.Contains(foundGuides, lower) {
		return name
	}
	return lower
}

// offerFound adds the guides that are found for a model to findings that list
// those that have names.
func offerFound(found diag.List) {
	for _, d := range found {
		if d.Code == diag.UnknownGuide && strings.HasPrefix(d.Help, "the guides are ") {
			d.Help += "; auto derives one, and exact sums the latents out where the model allows it"
		}
	}
}
