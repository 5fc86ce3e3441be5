package ptxemu

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

// instruction is a line of PTX that writes d from x, y, z, and what it must
// write, in plain Go. Types are those of the registers, in that order.
type instruction struct {
	text  string
	types string
	want  func(x, y, z uint64) uint64
}

var registerSizes = map[string]int{"b16": 2, "b32": 4, "b64": 8, "f32": 4, "f64": 8}

// program wraps an instruction: a thread reads its operands, each in 8 bytes,
// and writes what it made of them.
func (in instruction) program() string {
	var s strings.Builder
	s.WriteString(".version 8.0\n.target sm_90\n.address_size 64\n.visible .entry op(.param .u64 pd, .param .u64 px, .param .u64 py, .param .u64 pz) {\n")
	s.WriteString(".reg .pred p, q; .reg .b32 t; .reg .b64 a;\nmov.u32 t, %tid.x;\n")
	types := strings.Fields(in.types)
	for i, r := range []string{"d", "x", "y", "z"}[:len(types)] {
		fmt.Fprintf(&s, ".reg .%s %s; .reg .b64 a%s;\nld.param.u64 a%s, [p%s];\nmad.wide.u32 a%s, t, 8, a%s;\n", types[i], r, r, r, r, r, r)
		if i > 0 {
			fmt.Fprintf(&s, "ld.global.%s %s, [a%s];\n", types[i], r, r)
		}
	}
	fmt.Fprintf(&s, "mov.%s d, 0%s;\n%s\nst.global.%s [ad], d;\nret;\n}\n", types[0], zeroOf(types[0]), in.text, types[0])
	return s.String()
}

func zeroOf(t string) string {
	return map[string]string{"f32": "f00000000", "f64": "d0000000000000000"}[t]
}

const trials = 4 * 96

// run gives what the instruction made of the operands.
func (in instruction) run(t *testing.T, x, y, z []uint64) []uint64 {
	t.Helper()
	d := textDevice(t, in.program(), "op")
	out := make([]uint64, len(x))
	for i := 0; i < len(x); i += 96 {
		part := func(v []uint64) uint64 { return give(d, v[i:i+96]) }
		d.launch(Grid{1, 1, 1}, Block{96, 1, 1}, 0, part(out), part(x), part(y), part(z))
	}
	return out
}

// operands are numbers of a type: those at the ends, small ones, and any.
func operands(r *rand.Rand, kind string) []uint64 {
	edges := []uint64{0, 1, 2, 31, 32, 33, 63, 64, 65, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff}
	switch kind {
	case "f32":
		edges = singles32(0, math.Copysign(0, -1), 1, -1, 0.5, 2.5, 3.5, -0.5, 1e-40, 3e38, 0x1p-126, 127.5, 2147483648, 4294967040, 1e10, math.Inf(1), math.Inf(-1), math.NaN())
	case "f64":
		edges = doubles64(0, math.Copysign(0, -1), 1, -1, 0.5, 2.5, 3.5, -0.5, 1e-310, 1e300, 1e-40, 127.5, 2147483648, 4294967040, 1e10, 9.3e18, 1.9e19, math.Inf(1), math.Inf(-1), math.NaN())
	}
	out := make([]uint64, trials)
	for i := range out {
		out[i] = anyOperand(r, kind, edges)
	}
	return out
}

func anyOperand(r *rand.Rand, kind string, edges []uint64) uint64 {
	switch n := r.IntN(4); {
	case n == 0:
		return edges[r.IntN(len(edges))]
	case kind == "f32":
		return uint64(math.Float32bits(float32(r.NormFloat64() * math.Exp(20*r.NormFloat64()))))
	case kind == "f64":
		return math.Float64bits(r.NormFloat64() * math.Exp(60*r.NormFloat64()))
	case n == 1:
		return uint64(r.IntN(100))
	}
	return r.Uint64()
}

func singles32(v ...float64) (out []uint64) {
	for _, x := range v {
		out = append(out, uint64(math.Float32bits(float32(x))))
	}
	return out
}

func doubles64(v ...float64) (out []uint64) {
	for _, x := range v {
		out = append(out, math.Float64bits(x))
	}
	return out
}

func (in instruction) check(t *testing.T) {
	t.Run(in.text, func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, uint64(len(in.text))))
		types := strings.Fields(in.types)
		var v [3][]uint64
		for i := range v {
			v[i] = make([]uint64, trials)
			if i+1 < len(types) {
				v[i] = operands(r, types[i+1])
			}
		}
		got := in.run(t, v[0], v[1], v[2])
		size := registerSizes[types[0]]
		for i := range got {
			for k := range v {
				if k+1 < len(types) {
					v[k][i] &= ^uint64(0) >> (64 - 8*registerSizes[types[k+1]])
				}
			}
			x, y, z := v[0][i], v[1][i], v[2][i]
			want := in.want(x, y, z) & (^uint64(0) >> (64 - 8*size))
			if got[i] != want && !bothNaN(types[0], got[i], want) {
				t.Fatalf("x=%#x y=%#x z=%#x: %#x, want %#x", x, y, z, got[i], want)
			}
		}
	})
}

func bothNaN(kind string, a, b uint64) bool {
	if kind == "f64" {
		return math.IsNaN(math.Float64frombits(a)) && math.IsNaN(math.Float64frombits(b))
	}
	return kind == "f32" && math.IsNaN(float64(math.Float32frombits(uint32(a)))) && math.IsNaN(float64(math.Float32frombits(uint32(b))))
}

func checkAll(t *testing.T, all []instruction) {
	for _, in := range all {
		in.check(t)
	}
}

// Integers are checked with numbers of any length.

func signed(bits uint, v uint64) *big.Int {
	b := new(big.Int).SetUint64(v & (^uint64(0) >> (64 - bits)))
	if b.Bit(int(bits)-1) == 1 {
		b.Sub(b, new(big.Int).Lsh(big.NewInt(1), bits))
	}
	return b
}

func unsigned(bits uint, v uint64) *big.Int {
	return new(big.Int).SetUint64(v & (^uint64(0) >> (64 - bits)))
}

// low gives the low 64 bits of v shifted right, sign and all.
func low(v *big.Int, shift uint) uint64 {
	m := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 64), big.NewInt(1))
	return m.And(m, new(big.Int).Rsh(v, shift)).Uint64()
}

func bigs(read func(uint, uint64) *big.Int, bits uint, f func(x, y, z *big.Int) *big.Int) func(x, y, z uint64) uint64 {
	return func(x, y, z uint64) uint64 { return low(f(read(bits, x), read(bits, y), read(bits, z)), 0) }
}

func TestIntegerInstructions(t *testing.T) {
	for bits, reg := range map[uint]string{16: "b16", 32: "b32", 64: "b64"} {
		for sign, read := range map[string]func(uint, uint64) *big.Int{"s": signed, "u": unsigned} {
			checkAll(t, integerTable(fmt.Sprintf("%s%d", sign, bits), reg, bits, read))
		}
	}
}

func integerTable(k, reg string, bits uint, read func(uint, uint64) *big.Int) []instruction {
	two, three, four := reg+" "+reg, reg+" "+reg+" "+reg, reg+" "+reg+" "+reg+" "+reg
	on := func(f func(x, y, z *big.Int) *big.Int) func(x, y, z uint64) uint64 { return bigs(read, bits, f) }
	product := func(x, y, _ *big.Int) *big.Int { return new(big.Int).Mul(x, y) }
	high := func(x, y, z *big.Int) *big.Int {
		return new(big.Int).Add(new(big.Int).Rsh(new(big.Int).Mul(x, y), bits), z)
	}
	all := []instruction{
		{"add." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int { return new(big.Int).Add(x, y) })},
		{"sub." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int { return new(big.Int).Sub(x, y) })},
		{"mul.lo." + k + " d, x, y;", three, on(product)},
		{"mul.hi." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int { return high(x, y, new(big.Int)) })},
		{"mad.lo." + k + " d, x, y, z;", four, on(func(x, y, z *big.Int) *big.Int { return new(big.Int).Add(product(x, y, z), z) })},
		{"mad.hi." + k + " d, x, y, z;", four, on(high)},
		{"div." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int {
			if y.Sign() == 0 {
				return big.NewInt(-1)
			}
			return new(big.Int).Quo(x, y)
		})},
		{"rem." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int {
			if y.Sign() == 0 {
				return x
			}
			return new(big.Int).Rem(x, y)
		})},
		{"min." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int {
			if x.Cmp(y) < 0 {
				return x
			}
			return y
		})},
		{"max." + k + " d, x, y;", three, on(func(x, y, _ *big.Int) *big.Int {
			if x.Cmp(y) > 0 {
				return x
			}
			return y
		})},
		{"shr." + k + " d, x, y;", reg + " " + reg + " b32", func(x, y, _ uint64) uint64 { return low(read(bits, x), uint(uint32(y))) }},
		{"sad." + k + " d, x, y, z;", four, on(func(x, y, z *big.Int) *big.Int {
			return new(big.Int).Add(new(big.Int).Abs(new(big.Int).Sub(x, y)), z)
		})},
	}
	if k[0] == 's' {
		all = append(all,
			instruction{"abs." + k + " d, x;", two, on(func(x, _, _ *big.Int) *big.Int { return new(big.Int).Abs(x) })},
			instruction{"neg." + k + " d, x;", two, on(func(x, _, _ *big.Int) *big.Int { return new(big.Int).Neg(x) })})
	}
	if bits < 64 {
		wide := map[uint]string{16: "b32", 32: "b64"}[bits]
		all = append(all,
			instruction{"mul.wide." + k + " d, x, y;", wide + " " + reg + " " + reg, on(product)},
			instruction{"mad.wide." + k + " d, x, y, z;", wide + " " + reg + " " + reg + " " + wide, func(x, y, z uint64) uint64 {
				return low(product(read(bits, x), read(bits, y), nil), 0) + z
			}})
	}
	for _, r := range []string{"eq", "ne", "lt", "le", "gt", "ge"} {
		all = append(all, instruction{"setp." + r + "." + k + " p, x, y; selp." + reg + " d, 1, 0, p;", three, func(x, y, _ uint64) uint64 {
			return holdsCompare(r, read(bits, x).Cmp(read(bits, y)))
		}})
	}
	return all
}

func holdsCompare(r string, c int) uint64 {
	return truth(map[string]bool{"eq": c == 0, "ne": c != 0, "lt": c < 0, "le": c <= 0, "gt": c > 0, "ge": c >= 0}[r])
}
