package kernel

import (
	"fmt"
	"testing"
)

// benchTables runs a benchmark with each table.
func benchTables(b *testing.B, f func(b *testing.B)) {
	was := active
	defer func() { active = was }()
	for _, active = range tables32 {
		b.Run(active.name, f)
	}
}

// benchThreads runs a benchmark with each table on one thread and on two.
func benchThreads(b *testing.B, f func(b *testing.B, p *Pool)) {
	benchTables(b, func(b *testing.B) {
		for threads := 1; threads <= 2; threads++ {
			p := NewPool(threads)
			b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) { f(b, p) })
			p.Close()
		}
	})
}

// gflops reports the rate of a loop of products.
func gflops(b *testing.B, m, n, k int) {
	b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

func BenchmarkMul(b *testing.B) {
	for _, s := range [][3]int{{20, 600, 600}, {20, 2400, 600}, {1200, 600, 88}, {1200, 88, 100}, {1200, 100, 100}, {1200, 600, 600}, {1200, 40, 2}} {
		b.Run(fmt.Sprint(s), func(b *testing.B) {
			benchThreads(b, func(b *testing.B, p *Pool) {
				o := newOperands[float32](newRand(), s)
				w := NewMatrix[float32](o.k, o.n)
				w.Set(o.b, o.ldb)
				w.Mul(p, o.m, o.a, o.lda, o.c, o.ldc, Addend[float32]{})
				for b.Loop() {
					w.Mul(p, o.m, o.a, o.lda, o.c, o.ldc, Addend[float32]{})
				}
				gflops(b, o.m, o.n, o.k)
			})
		})
	}
}

func BenchmarkGradW(b *testing.B) {
	for _, s := range [][3]int{{600, 2400, 1200}, {600, 600, 1200}, {88, 600, 1200}} {
		b.Run(fmt.Sprint(s), func(b *testing.B) {
			benchThreads(b, func(b *testing.B, p *Pool) {
				m, k, n, scratch := s[2], s[0], s[1], new(Scratch[float32])
				x, dy, dw := random[float32](newRand(), m*k, 1), random[float32](newRand(), m*n, 1), make([]float32, k*n)
				for b.Loop() {
					GradW(p, m, x, k, k, dy, n, n, dw, n, false, scratch)
				}
				gflops(b, k, n, m)
			})
		})
	}
}

// BenchmarkPack packs both forms of the weights of an LSTM.
func BenchmarkPack(b *testing.B) {
	benchThreads(b, func(b *testing.B, p *Pool) {
		const k, n = 600, 2400
		w := NewMatrix[float32](k, n)
		x := make([]float32, k*n)
		b.SetBytes(2 * 4 * k * n)
		for b.Loop() {
			w.plain.pack(p, k, n, source[float32]{x, n, false})
			w.transposed.pack(p, n, k, source[float32]{x, n, true})
		}
	})
}

func BenchmarkUnary(b *testing.B) {
	for op := range unaryCount {
		b.Run(op.String(), func(b *testing.B) {
			benchTables(b, func(b *testing.B) {
				x, y := random[float32](newRand(), 4096, 3), make([]float32, 4096)
				for b.Loop() {
					ApplyUnary(op, y, x)
				}
				perValue(b, len(x))
			})
		})
	}
}

// perValue reports the time a value takes.
func perValue(b *testing.B, n int) {
	b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N)/float64(n), "ns/value")
}

func BenchmarkBinary(b *testing.B) {
	for op := range binaryCount {
		b.Run(op.String(), func(b *testing.B) {
			benchTables(b, func(b *testing.B) {
				x, y := random[float32](newRand(), 4096, 3), random[float32](newRand(), 4096, 3)
				for b.Loop() {
					ApplyBinary(op, y, x, x)
				}
				perValue(b, len(x))
			})
		})
	}
}

func BenchmarkNormals(b *testing.B) {
	benchThreads(b, func(b *testing.B, p *Pool) {
		x := make([]float32, 1<<16)
		for b.Loop() {
			Normals(p, x, 1, 2)
		}
		perValue(b, len(x))
	})
}

func BenchmarkAdam(b *testing.B) {
	benchThreads(b, func(b *testing.B, p *Pool) {
		const n = 3 << 20
		w, m, v, g := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		c := AdamStep(1e-3, 0.9, 0.999, 1e-8, 1)
		for b.Loop() {
			p.Run(n, 1<<14, func(lo, hi int) { Adam(w[lo:hi], m[lo:hi], v[lo:hi], g[lo:hi], c) })
		}
		perValue(b, n)
	})
}

func BenchmarkRun(b *testing.B) {
	for _, threads := range []int{2, 4} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			p := NewPool(threads)
			defer p.Close()
			f := func(lo, hi int) {}
			for b.Loop() {
				p.Run(threads, 1, f)
			}
		})
	}
}
