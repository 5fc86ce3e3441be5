package gpu

import (
	"strings"
	"testing"

	"ssmc/runtime/gpu/fakecuda"
)

// TestMeasure does all measurements on the emulator, small: they run, tell something
// of everything, and give back what they took.
func TestMeasure(t *testing.T) {
	fakecuda.Install(t)
	t.Setenv("FAKE_CUDA_SMS", "8")
	d, err := Open(0, TF32)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	leaks := fakecuda.Watch()
	m, err := d.Measure(Workload{Rounds: 2, Launches: 4, Nodes: 2, Waits: 2, Products: [][3]int{{5, 6, 7}}, Loop: [3]int{2, 3, 8}})
	if err != nil {
		t.Fatal(err)
	}
	if left := leaks(); len(left) > 0 {
		t.Errorf("not given back: %v", left)
	}
	var names []string
	for _, x := range m.Timings {
		names = append(names, x.Name)
		if !(x.Value > 0) && x.Unit != "us" {
			t.Errorf("%s: %v %s", x.Name, x.Value, x.Unit)
		}
	}
	all := strings.Join(names, "; ")
	for _, want := range []string{"empty kernel", "node of a graph of 2", "barrier of 8 blocks", "barrier of clusters", "sheet",
		"7, fp32", "7, tf32", "7, bf16", "8x32, 3 sequences, 4 blocks (scan_tf32)", "(cluster_tf32)"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing of %q in %s", want, all)
		}
	}
	if len(m.Constants) != 4 {
		t.Errorf("%+v", m.Constants)
	}
}
