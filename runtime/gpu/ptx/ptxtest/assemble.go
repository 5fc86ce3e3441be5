package ptxtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Assemble asks NVIDIA's assembler, ptxas, whether it takes a module, for cards of two
// kinds. Without ptxas on the path, and with -short, it skips the test.
func Assemble(t testing.TB, text string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes seconds")
	}
	ptxas, err := exec.LookPath("ptxas")
	if err != nil {
		t.Skip("there is no ptxas")
	}
	file := filepath.Join(t.TempDir(), "module.ptx")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, card := range []string{"sm_80", "sm_90"} {
		if out, err := exec.Command(ptxas, "-arch="+card, "-o", file+".cubin", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", card, err, out)
		}
	}
}
