package kernel

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestChoose(t *testing.T) {
	for _, table := range tables32 {
		if got := choose(table.name); got != table {
			t.Errorf("choose(%q) is %s", table.name, got.name)
		}
	}
	for _, name := range []string{"", "avx1024"} {
		if got := choose(name); got != tables32[0] {
			t.Errorf("choose(%q) is %s, not the best", name, got.name)
		}
	}
}

// TestNamedTypes uses a type whose underlying type is float32.
func TestNamedTypes(t *testing.T) {
	type real float32
	y := make([]real, 20)
	ApplyScalar(Add, y, make([]real, 20), 2)
	w := NewMatrix[real](20, 1)
	w.Set(y, 1)
	c := []real{0}
	w.Mul(nil, 1, y, 20, c, 1, Addend[real]{})
	if c[0] != 80 {
		t.Errorf("sum of twenty squares of 2 is %v", c[0])
	}
}

// TestGenerate asks that the generated files are what their generator writes.
func TestGenerate(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the generator")
	}
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "./gen", "-dir", dir).CombinedOutput(); err != nil {
		t.Fatalf("go run ./gen: %v\n%s", err, out)
	}
	want, err := filepath.Glob("gen_*")
	if err != nil {
		t.Fatal(err)
	}
	got, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d files generated, %d present: %v", len(got), len(want), err)
	}
	for _, name := range want {
		requireSameFile(t, name, filepath.Join(dir, name))
	}
}

func requireSameFile(t *testing.T, a, b string) {
	t.Helper()
	x, errX := os.ReadFile(a)
	y, errY := os.ReadFile(b)
	if errX != nil || errY != nil || !bytes.Equal(x, y) {
		t.Errorf("%s is not what its generator writes (%v, %v); run go generate", a, errX, errY)
	}
}
