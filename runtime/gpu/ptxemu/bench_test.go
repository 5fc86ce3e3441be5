package ptxemu

import "testing"

// BenchmarkProduct tells how many instructions a second a kernel runs at, as
// counted by thread.
func BenchmarkProduct(b *testing.B) {
	const M, N, K = 64, 64, 256
	d := newDevice(b, "affine.ptx", "affine")
	params := d.params(M, N, K, give(d, normals(M*K, 1)), give(d, normals(K*N, 1)), give(d, normals(N, 1)), give(d, make([]float32, M*N)))
	for b.Loop() {
		if err := d.f.Launch(&d.mem, Grid{4, 4, 1}, Block{256, 1, 1}, 0, params); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(d.f.Executed())/b.Elapsed().Seconds()/1e6, "M-instr/s")
}
