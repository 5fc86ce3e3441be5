package diag

import "slices"

// A Code names one kind of finding. Codes are stable: users search for them.
type Code string

// A Doc explains a code. Every Example must produce exactly its code: tests
// compile them, and `ssmc explain` prints them.
type Doc struct {
	Code        Code
	Summary     string // one sentence
	Explanation string // why it is so and what to do, a paragraph or two
	Example     string // a program that has it; empty where it would be too long to show
	Data        string // CSV that has it, where the mistake is in the data
}

// Docs lists every code, area by area.
var Docs = slices.Concat(
	syntaxDocs,
	nameDocs,
	valueDocs,
	guideDocs,
	queryDocs,
	settingDocs,
	dataDocs,
)

// Lookup finds the entry of a code, or nil.
func Lookup(c Code) *Doc {
	i := slices.IndexFunc(Docs, func(d Doc) bool { return d.Code == c })
	if i < 0 {
		return nil
	}
	return &Docs[i]
}
