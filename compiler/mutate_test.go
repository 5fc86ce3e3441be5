package compiler

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/lang/diag/diagtest"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// token cuts a program coarsely, for mutation: words, numbers, blanks, marks.
var token = regexp.MustCompile(`[\pL_][\pL\pN_]*|[0-9.]+|[ \n]+|.`)

// mutate replaces, drops, repeats or exchanges a few tokens of a program, taking
// others from anywhere in it.
func mutate(r *rand.Rand, text string) string {
	toks := token.FindAllString(text, -1)
	extra := []string{"0", "-1", "2", "t", "T", "1e9", "z", "x", "none", "[t]", "[t-1]", "[1]", "Normal", "linear", "gru", "dim", "[]"}
	for range 1 + r.IntN(3) {
		i, j := r.IntN(len(toks)), r.IntN(len(toks))
		switch r.IntN(5) {
		case 0:
			toks[i] = ""
		case 1:
			toks[i] += toks[j]
		case 2:
			toks[i], toks[j] = toks[j], toks[i]
		case 3:
			toks[i] = toks[j]
		default:
			toks[i] = extra[r.IntN(len(extra))]
		}
	}
	return strings.Join(toks, "")
}

// survive compiles a text to graphs and prints what is found; it is an error if
// that panics, or if a program without errors has no graph.
func survive(text string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	src := &diag.Source{Name: "mutant.ssm", Text: text}
	f, found := lang.Parse(src)
	if found.HasErrors() {
		return nil
	}
	p, found := Compile(f, Config{Library: library})
	for _, d := range found {
		d.Render(func(string) *diag.Source { return src }, false)
	}
	if p == nil {
		return nil
	}
	for _, what := range Dumps {
		p.Dump(what)
	}
	for _, s := range []runtime.Spec{{}, {Sampled: true}, {Train: true}} {
		if _, err := p.Model.Build(op.NewGraph(), s); err != nil {
			return fmt.Errorf("a program that is in order has no graph: %w", err)
		}
	}
	return nil
}

// TestMutants compiles programs that are nearly right.
func TestMutants(t *testing.T) {
	texts := []string{strings.ReplaceAll(small, "CELL", "gru(4)")}
	for _, name := range diagtest.Glob(t, "testdata/errors/*.ssm") {
		texts = append(texts, diagtest.ReadFile(t, name))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		text := mutate(r, texts[r.IntN(len(texts))])
		if err := survive(text); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
	}
}
