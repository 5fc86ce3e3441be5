package kernels_test

import (
	"strings"
	"testing"

	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/gpu/ptxemu"
)

func TestOnly(t *testing.T) {
	text := kernels.Text("gemm")
	few := kernels.Only(text, "gemm_tf32", "gemm_bf16")
	m, err := ptxemu.Load(few)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"gemm_fp32": false, "gemm_tf32": true, "gemm_bf16": true} {
		if _, err := m.Function(name); (err == nil) != want {
			t.Errorf("%s is there: %v", name, err == nil)
		}
	}
	if all := kernels.Only(text, "gemm_fp32", "gemm_tf32", "gemm_bf16"); all != text {
		t.Error("a text with all its kernels has changed")
	}
	if n := strings.Count(kernels.Only(kernels.Text("scan"), "barriers"), ".visible .func"); n != strings.Count(kernels.Text("scan"), ".visible .func") {
		t.Errorf("%d functions are left", n)
	}
}
