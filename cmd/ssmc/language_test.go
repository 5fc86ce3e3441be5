package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"ssmc/compiler"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// TestBenchPrograms compiles the programs behind the numbers in docs.
func TestBenchPrograms(t *testing.T) {
	files, err := filepath.Glob("../../bench/*/*.ssm")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, found := lang.Parse(&diag.Source{Name: name, Text: string(text)})
		for _, it := range f.Items {
			if it.Guide == nil {
				continue
			}
			if _, more := compiler.Compile(f, compiler.Config{Library: library, Guide: it.Guide.Name.Text}); found.HasErrors() || more.HasErrors() {
				t.Error(it.Guide.Name.Text, found, more)
			}
		}
	}
}

// TestLanguagePage compiles every program of the page on the language, with each
// of its guides.
func TestLanguagePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	programs := regexp.MustCompile("(?s)```ssm\n(.*?)```").FindAllSubmatch(page, -1)
	if len(programs) < 6 {
		t.Fatalf("%d programs", len(programs))
	}
	for _, p := range programs {
		f, found := lang.Parse(&diag.Source{Name: "language.md", Text: string(p[1])})
		guides := []string{"auto"}
		for _, it := range f.Items {
			if it.Guide != nil {
				guides = append(guides, it.Guide.Name.Text)
			}
		}
		for _, guide := range guides {
			_, more := compiler.Compile(f, compiler.Config{Library: library, Guide: guide})
			for _, d := range append(found, more...) {
				if d.Severity == diag.Error || d.Code != diag.Unfaithful {
					t.Errorf("guide %s: %v\n%s", guide, d, p[1])
				}
			}
		}
	}
}
