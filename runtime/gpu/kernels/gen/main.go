// Command gen compiles the .cu files of a folder to PTX with clang alone: no
// header or library of NVIDIA's.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// archs is the least compute capability that a file is written for, where that
// is not the common one.
var archs = map[string]string{"cluster": "sm_90"}

// clusters is how many blocks a cluster of a file's kernels has.
var clusters = map[string]int{"cluster": 8}

const common = "sm_80"

// flags is what else the compiler is told of a file: loops over rows are not unrolled
// in the text, which would take a driver longer to read; where that helps it does so.
var flags = map[string][]string{
	"program": {"-fno-unroll-loops"},
	"scan":    {"-fno-unroll-loops"},
	"cluster": {"-fno-unroll-loops"},
}

func main() {
	dir := flag.String("dir", ".", "folder of the .cu files")
	out := flag.String("out", "", "folder to write to; that of the .cu files if empty")
	clang := flag.String("clang", "clang++-19", "the compiler")
	flag.Parse()
	if *out == "" {
		*out = *dir
	}
	files, err := filepath.Glob(filepath.Join(*dir, "*.cu"))
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range files {
		if err := compile(*clang, f, *out); err != nil {
			log.Fatal(err)
		}
	}
}

// compile writes the PTX of file to a file of the same name in folder out.
func compile(clang, file, out string) error {
	name := strings.TrimSuffix(filepath.Base(file), ".cu")
	arch := archs[name]
	if arch == "" {
		arch = common
	}
	args := append([]string{"-x", "cuda", "--cuda-device-only", "-nocudainc", "-nocudalib", "--cuda-gpu-arch=" + arch,
		"-std=c++17", "-O3", "-ffp-contract=off", "-Wall", "-Werror", "-S", "-o", "-", file}, flags[name]...)
	cmd := exec.Command(clang, args...)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("compile %s: %w", file, err)
	}
	if size := clusters[name]; size > 0 {
		text = inClusters(text, size)
	}
	head := "// Made of " + name + ".cu by go generate ./runtime/gpu/kernels. Do not edit.\n"
	return os.WriteFile(filepath.Join(out, "gen_"+name+".ptx"), []byte(head+tidy(string(text))), 0o644)
}

var bounds = regexp.MustCompile(`(?m)^\.maxntid.*$`)

// inClusters puts the directive for clusters of size blocks to each kernel with launch
// bounds: clang has an attribute for it from version 20 on.
func inClusters(text []byte, size int) []byte {
	return bounds.ReplaceAll(text, fmt.Appendf(nil, "$0\n.explicitcluster\n.reqnctapercluster %d, 1, 1", size))
}

var (
	comment = regexp.MustCompile(`[ \t]*//.*`)
	blank   = regexp.MustCompile(`\n\s*\n+`)
)

// tidy takes the compiler's comments and empty lines out.
func tidy(text string) string {
	return strings.TrimLeft(blank.ReplaceAllString(comment.ReplaceAllString(text, ""), "\n"), "\n")
}
