// Package kernel owns the leaf numeric routines for CPUs: matrix products,
// element-wise functions and whole formulas of them, reductions, the Adam update and
// counter-based random numbers, with the pool of threads that they share. It knows nothing of graphs,
// shapes beyond its arguments, or the language.
//
// Every routine is generic over [Float]. For float32 it is assembly for AVX-512 or
// AVX2, chosen at run time; for float64, and where neither exists, plain Go. The
// environment variable SSMC_KERNEL (generic, avx2 or avx512) asks for one of them;
// one that the CPU lacks is passed over for the best that it has.
//
// Matrices are row-major, and leading dimensions count elements. A NaN in any
// input reaches the output it belongs to, also through comparisons, so that
// divergence is never hidden. Results do not depend on the number of threads.
package kernel

//go:generate go run ./gen -dir .

// Float is the element types that kernels compute in.
type Float interface{ ~float32 | ~float64 }
