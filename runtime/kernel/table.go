package kernel

import (
	"os"
	"unsafe"
)

// table is the routines of one instruction set for one element type. Slices given
// to one call have equal lengths, which the exported functions see to.
type table[F Float] struct {
	name       string
	mr, nr     int                                             // largest tile: rows and columns
	full, half []tile[F]                                       // tiles nr and nr/2 wide, indexed by their rows
	copyRows   func(n int, dst, src []F, ld int)               // of nr values, ld apart
	transpose  func(n int, dst []F, ldd int, src []F, lds int) // of blocks nr/2 square
	unary      [unaryCount]func(dst, x []F)
	binary     [binaryCount]func(dst, a, b []F)
	scalar     [binaryCount]func(dst, a []F, s F) // a op s
	left       [binaryCount]func(dst, a []F, s F) // s op a
	sum        func(x []F) F
	dot        func(a, b []F) float64
	axpy       func(alpha F, x, y []F)
	adam       func(w, m, v, grad []F, beta1, rest1, beta2, rest2, step, eps, scale F)
	normals    generator[F]
	uniforms   generator[F]
	fused      map[string]Fused[F]
	pause      func()                                // tells the core that its thread only waits
	turn       int                                   // multiply-adds in a turn of peak
	peak       func(turns int, x, y float32) float32 // x y, added up turn by turn; at least one turn
}

// plain returns the table of plain Go routines, the twin that all others are
// tested against.
func plain[F Float]() *table[F] {
	t := &table[F]{
		name: "generic", mr: plainRows, nr: plainCols,
		full: plainTiles[F](plainCols), half: plainTiles[F](plainCols / 2), copyRows: plainCopyRows[F], transpose: plainTranspose[F],
		sum: plainSum[F], dot: plainDot[F], axpy: plainAxpy[F], adam: plainAdam[F],
		normals: plainNormals[F], uniforms: plainUniforms[F], pause: func() {},
		turn: plainTurn, peak: plainPeak,
	}
	for op, f := range unaryMath {
		t.unary[op] = plainUnary[F](f)
	}
	for op, f := range binaryMath {
		t.binary[op], t.scalar[op], t.left[op] = plainBinary[F](f), plainScalar[F](f), plainLeft[F](f)
	}
	return t
}

var (
	tables32 = append(vectorTables(), plain[float32]()) // best first
	table64  = plain[float64]()
	active   = choose(os.Getenv("SSMC_KERNEL"))
)

// choose returns the float32 table called name, or else the best there is.
func choose(name string) *table[float32] {
	for _, t := range tables32 {
		if t.name == name {
			return t
		}
	}
	return tables32[0]
}

// Name returns the instruction set that float32 routines use: avx512, avx2 or
// generic.
func Name() string { return active.name }

// tableOf returns the table in use for F. The casts only rename F's underlying type.
func tableOf[F Float]() *table[F] {
	if unsafe.Sizeof(F(0)) == 4 {
		return (*table[F])(unsafe.Pointer(active))
	}
	return (*table[F])(unsafe.Pointer(table64))
}
