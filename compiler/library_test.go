package compiler

import (
	"os"
	"path/filepath"
	"strings"

	"ssmc/lang/diag"
)

// library reads the standard library where it lies.
func library(path string) (*diag.Source, bool) {
	name := filepath.Join("..", "models", filepath.FromSlash(strings.ReplaceAll(path, ".", "/"))+".ssm")
	text, err := os.ReadFile(name)
	return &diag.Source{Name: path, Text: string(text)}, err == nil
}
