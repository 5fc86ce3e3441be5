package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type (
	// vec is a vector register of float32 or int32 lanes.
	vec = reg.VecVirtual
	// op is a vector register or a place in memory.
	op = operand.Op
	// mem is a place in memory.
	mem = operand.Mem
)

// asm emits routines for one instruction set at a time: AVX-512 when wide, else AVX2.
type asm struct {
	*build.Context
	wide      bool
	slots     []slot
	symbol    string         // of the constants
	places    map[string]int // where each constant begins
	constants []uint32
}

// Predicates of cmp: ordered (false for NaN), but for unordered, which asks for NaN.
const (
	equal     = 0x00
	less      = 0x11
	greater   = 0x1e
	greaterEq = 0x1d
	unordered = 0x03
	notEqual  = 0x04 // true for NaN
)

func newAsm(name string) *asm {
	a := &asm{Context: build.NewContext(), symbol: name + "_constants", places: map[string]int{}}
	a.ConstraintExpr("amd64")
	return a
}

// begin starts the routine that goes into the table at where. The parameters are
// those of a Go function.
func (a *asm) begin(where, name, params string) {
	name += a.suffix()
	a.slots = append(a.slots, slot{a.wide, where, name})
	a.Function(name)
	a.Attributes(attr.NOSPLIT)
	a.SignatureExpr("func" + params)
	a.Pragma("noescape")
}

// end returns from the routine.
func (a *asm) end() {
	a.VZEROUPPER()
	a.RET()
}

func (a *asm) suffix() string {
	if a.wide {
		return "AVX512"
	}
	return "AVX2"
}

// lanes returns how many float32 a vector holds.
func (a *asm) lanes() int {
	if a.wide {
		return 16
	}
	return 8
}

// bytes returns the size of a vector.
func (a *asm) bytes() int { return 4 * a.lanes() }

// vec returns a new vector register.
func (a *asm) vec() vec {
	if a.wide {
		return a.ZMM()
	}
	return a.YMM()
}

// base loads the address of a slice's elements.
func (a *asm) base(param string) reg.Register { return a.Load(a.Param(param).Base(), a.GP64()) }

// length loads the length of a slice.
func (a *asm) length(param string) reg.Register { return a.Load(a.Param(param).Len(), a.GP64()) }

// broadcast loads a float32 parameter into all lanes.
func (a *asm) broadcast(param string) vec {
	at, _ := a.Param(param).Resolve()
	d := a.vec()
	a.VBROADCASTSS(at.Addr, d)
	return d
}

// sequence returns the constant called name, which has n lanes, lane i being f(i).
func (a *asm) sequence(name string, n int, f func(i int) uint32) mem {
	at, ok := a.places[name]
	if !ok {
		at = 4 * len(a.constants)
		a.places[name] = at
		for i := range n {
			a.constants = append(a.constants, f(i))
		}
	}
	return operand.NewDataAddr(operand.NewStaticSymbol(a.symbol), at)
}

// bits returns the constant with these bits in every lane.
func (a *asm) bits(b uint32) mem {
	return a.sequence(fmt.Sprint(b), 16, func(int) uint32 { return b })
}

// num returns the constant x in every lane.
func (a *asm) num(x float64) mem { return a.bits(math.Float32bits(float32(x))) }

// writeConstants emits the constants that the routines have asked for.
func (a *asm) writeConstants() {
	if len(a.constants) == 0 {
		return
	}
	a.StaticGlobal(a.symbol)
	a.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := 0; i < len(a.constants); i += 2 {
		a.AddDatum(4*i, operand.U64(uint64(a.constants[i+1])<<32|uint64(a.constants[i])))
	}
}

// binary is an instruction of two sources and a destination. As in Go assembly, the
// second source comes first, and only it may be in memory.
type binary func(ops ...operand.Op)

// do returns x f y in a new register.
func (a *asm) do(f binary, x vec, y op) vec {
	d := a.vec()
	f(y, x, d)
	return d
}

func (a *asm) add(x vec, y op) vec { return a.do(a.VADDPS, x, y) }
func (a *asm) sub(x vec, y op) vec { return a.do(a.VSUBPS, x, y) }
func (a *asm) mul(x vec, y op) vec { return a.do(a.VMULPS, x, y) }
func (a *asm) div(x vec, y op) vec { return a.do(a.VDIVPS, x, y) }

// mulAdd adds x y to d, which it returns.
func (a *asm) mulAdd(d, x vec, y op) vec {
	a.VFMADD231PS(y, x, d)
	return d
}

// mulSub subtracts x y from d, which it returns.
func (a *asm) mulSub(d, x vec, y op) vec {
	a.VFNMADD231PS(y, x, d)
	return d
}

// mov returns x in a new register.
func (a *asm) mov(x op) vec {
	d := a.vec()
	a.VMOVUPS(x, d)
	return d
}

// zero returns a register of zeros.
func (a *asm) zero() vec {
	d := a.vec()
	a.VXORPS(d, d, d)
	return d
}

func (a *asm) and(x vec, y op) vec { return a.do(a.VANDPS, x, y) }
func (a *asm) or(x vec, y op) vec  { return a.do(a.VORPS, x, y) }
func (a *asm) xor(x vec, y op) vec { return a.do(a.VXORPS, x, y) }

// horner returns the polynomial in x whose coefficients are cs, highest power first.
func (a *asm) horner(x vec, cs ...float64) vec {
	d := a.mov(a.num(cs[0]))
	for _, c := range cs[1:] {
		a.VFMADD213PS(a.num(c), x, d)
	}
	return d
}

// maxNaN returns the larger of c and x, or x where that is NaN: these instructions
// return their second source, here x, when either is NaN.
func (a *asm) maxNaN(c op, x vec) vec { return a.do(a.VMAXPS, a.mov(c), x) }

// minNaN is maxNaN for the smaller.
func (a *asm) minNaN(c op, x vec) vec { return a.do(a.VMINPS, a.mov(c), x) }

// clamp returns x held within [lo,hi]; NaN stays NaN.
func (a *asm) clamp(x vec, lo, hi float64) vec {
	return a.minNaN(a.num(hi), a.maxNaN(a.num(lo), x))
}

// cmp returns a mask of the lanes where the predicate holds between x and y.
func (a *asm) cmp(predicate uint8, x vec, y op) reg.Register {
	var m reg.Register = a.vec()
	if a.wide {
		m = a.K()
	}
	a.VCMPPS(operand.U8(predicate), y, x, m)
	return m
}

// blend returns yes where the mask m is set, else no.
func (a *asm) blend(m reg.Register, yes op, no vec) vec {
	d := a.vec()
	if a.wide {
		a.VBLENDMPS(yes, no, m, d)
	} else {
		a.VBLENDVPS(m, yes, no, d)
	}
	return d
}

// where returns yes where the mask m is set, else zero.
func (a *asm) where(m reg.Register, yes op) vec {
	d := a.vec()
	if a.wide {
		a.VMOVUPS_Z(yes, m, d)
	} else {
		a.VANDPS(yes, m, d)
	}
	return d
}

// round returns x rounded to integers.
func (a *asm) round(x vec) vec {
	d := a.vec()
	if a.wide {
		a.VRNDSCALEPS(operand.U8(0), x, d)
	} else {
		a.VROUNDPS(operand.U8(0), x, d)
	}
	return d
}

// shift applies a shift by a constant to the int32 lanes of x.
func (a *asm) shift(f binary, n uint8, x vec) vec {
	d := a.vec()
	f(operand.U8(n), x, d)
	return d
}

// convert applies a conversion between float32 and int32 lanes to x.
func (a *asm) convert(f func(ops ...operand.Op), x vec) vec {
	d := a.vec()
	f(x, d)
	return d
}
