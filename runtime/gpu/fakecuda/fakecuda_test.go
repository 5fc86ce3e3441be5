package fakecuda

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"
)

func TestNoCompiler(t *testing.T) {
	t.Setenv("PATH", "")
	t.Setenv("CC", "/nowhere/cc")
	if _, err := Build(t.TempDir()); !errors.Is(err, ErrNoCompiler) {
		t.Errorf("%v", err)
	}
}

// A compiler that fails is told of with what it says; nothing is left behind.
func TestCompilerThatFails(t *testing.T) {
	dir := t.TempDir()
	cc := filepath.Join(dir, "cc")
	if err := os.WriteFile(cc, []byte("#!/bin/sh\necho it is broken\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CC", cc)
	out := filepath.Join(dir, "out")
	if _, err := Build(out); err == nil || !strings.Contains(err.Error(), "it is broken") {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// The two languages lay out alike what they tell each other: the library says
// how large its structures are.
func TestLayouts(t *testing.T) {
	if _, err := Library(); errors.Is(err, ErrNoCompiler) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	sizes := sizesInC()
	if want := [2]int32{int32(unsafe.Sizeof(request{})), int32(unsafe.Sizeof(function{}))}; sizes != want {
		t.Errorf("%v bytes in C, %v in Go", sizes, want)
	}
}
