package fakecuda

import (
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
)

//go:embed libcuda/*.c libcuda/*.h
var sources embed.FS

// ErrNoCompiler says that the library cannot be built: there is no C compiler.
var ErrNoCompiler = errors.New("no C compiler (cc, gcc or clang, or what CC names)")

// Build makes the library in a folder, unless it is there already, and gives its
// path. Its name holds a sum of its sources, so that it is never out of date.
func Build(dir string) (path string, err error) {
	names, err := fs.Glob(sources, "libcuda/*")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range names {
		b, err := sources.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(b), b)
	}
	path = filepath.Join(dir, fmt.Sprintf("libcuda-%x.so", sum.Sum(nil)[:8]))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("building the stand-in for libcuda: %w", err)
	}
	return path, compile(path, names)
}

// compile writes the sources to a folder of their own and compiles them there.
// The library comes into its place at once: others may build it too.
func compile(path string, names []string) error {
	cc, err := compiler()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(path), "build")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	args := []string{"-std=gnu11", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-o", "libcuda.so"}
	for _, name := range names {
		b, err := sources.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(work, filepath.Base(name)), b, 0o644); err != nil {
			return err
		}
		if filepath.Ext(name) == ".c" {
			args = append(args, filepath.Base(name))
		}
	}
	cmd := exec.Command(cc, append(args, "-lpthread")...)
	cmd.Dir = work
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the stand-in for libcuda: %w\n%s", err, out)
	}
	return os.Rename(filepath.Join(work, "libcuda.so"), path)
}

func compiler() (string, error) {
	for _, name := range []string{os.Getenv("CC"), "cc", "gcc", "clang"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNoCompiler
}
