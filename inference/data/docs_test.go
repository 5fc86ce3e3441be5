package data

import (
	"regexp"
	"strings"
	"testing"

	"ssmc/lang/diag"
)

// declaration is how a program declares data, in the examples of the codes.
var declaration = regexp.MustCompile(`(observed|input|static) +(\w+)(?:\[t\])?: (real|binary|count)(\[2\])?`)

// schemaOf reads the schema of an example program.
func schemaOf(t *testing.T, program string) Schema {
	t.Helper()
	roles := map[string]Role{"observed": Observed, "input": Input, "static": Static}
	kinds := map[string]Kind{"real": Real, "binary": Binary, "count": Count}
	var s Schema
	for _, m := range declaration.FindAllStringSubmatch(program, -1) {
		v := Var{Name: m[2], Role: roles[m[1]], Kind: kinds[m[3]], Size: 1}
		if m[4] != "" {
			v.Size = 2
		}
		s.Vars = append(s.Vars, v)
	}
	if len(s.Vars) == 0 {
		t.Fatalf("no data declared in\n%s", program)
	}
	return s
}

// TestExamples reads the data of every code that has some: they must provoke
// that code, and no other error.
func TestExamples(t *testing.T) {
	count := 0
	for _, doc := range diag.Docs {
		if doc.Data == "" {
			continue
		}
		count++
		t.Run(string(doc.Code), func(t *testing.T) {
			path := writeFile(t, t.TempDir(), "data.csv", doc.Data)
			_, found, err := Open(path, schemaOf(t, doc.Example), Options{})
			if err != nil {
				t.Fatal(err)
			}
			hit := false
			for _, d := range found {
				hit = hit || d.Code == doc.Code
				if d.Code != doc.Code && (d.Severity == diag.Error || !strings.HasPrefix(string(d.Code), "unused")) {
					t.Errorf("also %v", d)
				}
			}
			if !hit {
				t.Errorf("%s is not provoked: %v", doc.Code, found)
			}
		})
	}
	if count < 15 {
		t.Errorf("only %d codes have data", count)
	}
}
