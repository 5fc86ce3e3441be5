package ptxemu

import (
	"math/bits"
	"testing"
)

// Instructions on bits are checked a bit at a time.

// perBit makes a word from a function of the number of a bit.
func perBit(size int, f func(i int) bool) uint64 {
	v := uint64(0)
	for i := range size {
		v |= truth(f(i)) << i
	}
	return v
}

func bit(v uint64, i int) bool { return i >= 0 && i < 64 && v>>i&1 == 1 }

func TestBitInstructions(t *testing.T) {
	b3, b4 := "b32 b32 b32", "b32 b32 b32 b32"
	checkAll(t, []instruction{
		{"and.b32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return perBit(32, func(i int) bool { return bit(x, i) && bit(y, i) }) }},
		{"or.b32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return perBit(32, func(i int) bool { return bit(x, i) || bit(y, i) }) }},
		{"xor.b32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return perBit(32, func(i int) bool { return bit(x, i) != bit(y, i) }) }},
		{"xor.b64 d, x, y;", "b64 b64 b64", func(x, y, _ uint64) uint64 { return perBit(64, func(i int) bool { return bit(x, i) != bit(y, i) }) }},
		{"not.b16 d, x;", "b16 b16", func(x, _, _ uint64) uint64 { return perBit(16, func(i int) bool { return !bit(x, i) }) }},
		{"cnot.b32 d, x;", "b32 b32", func(x, _, _ uint64) uint64 { return truth(x == 0) }},
		{"shl.b16 d, x, y;", "b16 b16 b32", func(x, y, _ uint64) uint64 { return perBit(16, func(i int) bool { return bit(x, i-int(y)) }) }},
		{"shl.b32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return perBit(32, func(i int) bool { return bit(x, i-int(y)) }) }},
		{"shl.b64 d, x, y;", "b64 b64 b32", func(x, y, _ uint64) uint64 { return perBit(64, func(i int) bool { return bit(x, i-int(y)) }) }},
		{"shf.l.wrap.b32 d, x, y, z;", b4, func(x, y, z uint64) uint64 {
			return perBit(32, func(i int) bool { return bit(y<<32|x, i+32-int(z&31)) })
		}},
		{"shf.r.wrap.b32 d, x, y, z;", b4, func(x, y, z uint64) uint64 {
			return perBit(32, func(i int) bool { return bit(y<<32|x, i+int(z&31)) })
		}},
		{"shf.r.clamp.b32 d, x, y, z;", b4, func(x, y, z uint64) uint64 {
			return perBit(32, func(i int) bool { return bit(y<<32|x, i+int(min(z, 32))) })
		}},
		{"lop3.b32 d, x, y, z, 0x96;", b4, func(x, y, z uint64) uint64 { return x ^ y ^ z }},
		{"lop3.b32 d, x, y, z, 0xE8;", b4, func(x, y, z uint64) uint64 { return x&y | x&z | y&z }},
		{"lop3.b32 d, x, y, z, 0x2A;", b4, func(x, y, z uint64) uint64 { return z &^ (x & y) }},
		{"prmt.b32 d, x, y, z;", b4, func(x, y, z uint64) uint64 {
			return perBit(32, func(i int) bool {
				sel := z >> (4 * (i / 8)) & 15
				if sel&8 != 0 {
					return bit(y<<32|x, int(sel&7)*8+7)
				}
				return bit(y<<32|x, int(sel&7)*8+i%8)
			})
		}},
		{"prmt.b32.f4e d, x, y, z;", b4, func(x, y, z uint64) uint64 { return (y<<32 | x) >> (8 * (z & 3)) }},
		{"prmt.b32.rc8 d, x, y, z;", b4, func(x, _, z uint64) uint64 { return x >> (8 * (z & 3)) & 0xff * 0x01010101 }},
		{"bfe.u32 d, x, y, z;", b4, func(x, y, z uint64) uint64 { return extract(32, false, x, y, z) }},
		{"bfe.s32 d, x, y, z;", b4, func(x, y, z uint64) uint64 { return extract(32, true, x, y, z) }},
		{"bfe.u64 d, x, y, z;", "b64 b64 b32 b32", func(x, y, z uint64) uint64 { return extract(64, false, x, y, z) }},
		{"bfe.s64 d, x, y, z;", "b64 b64 b32 b32", func(x, y, z uint64) uint64 { return extract(64, true, x, y, z) }},
		{"bfi.b32 d, x, y, 5, 9;", b3, func(x, y, _ uint64) uint64 { return insert(32, x, y, 5, 9) }},
		{"bfi.b32 d, x, 0x12345678, y, z;", b4, func(x, y, z uint64) uint64 { return insert(32, x, 0x12345678, y&0xff, z&0xff) }},
		{"bfi.b64 d, x, -1, y, z;", "b64 b64 b32 b32", func(x, y, z uint64) uint64 { return insert(64, x, ^uint64(0), y&0xff, z&0xff) }},
		{"bmsk.clamp.b32 d, x, y;", b3, func(x, y, _ uint64) uint64 {
			return perBit(32, func(i int) bool { return i >= int(min(x, 32)) && i < int(min(x, 32)+min(y, 32)) })
		}},
		{"szext.clamp.s32 d, x, y;", b3, func(x, y, _ uint64) uint64 {
			return perBit(32, func(i int) bool { return y > 0 && bit(x, min(i, int(min(y, 32))-1)) })
		}},
		{"popc.b32 d, x;", "b32 b32", func(x, _, _ uint64) uint64 { return uint64(bits.OnesCount32(uint32(x))) }},
		{"popc.b64 d, x;", "b32 b64", func(x, _, _ uint64) uint64 { return uint64(bits.OnesCount64(x)) }},
		{"clz.b32 d, x;", "b32 b32", func(x, _, _ uint64) uint64 { return uint64(bits.LeadingZeros32(uint32(x))) }},
		{"clz.b64 d, x;", "b32 b64", func(x, _, _ uint64) uint64 { return uint64(bits.LeadingZeros64(x)) }},
		{"brev.b32 d, x;", "b32 b32", func(x, _, _ uint64) uint64 { return perBit(32, func(i int) bool { return bit(x, 31-i) }) }},
		{"brev.b64 d, x;", "b64 b64", func(x, _, _ uint64) uint64 { return perBit(64, func(i int) bool { return bit(x, 63-i) }) }},
		{"bfind.u32 d, x;", "b32 b32", func(x, _, _ uint64) uint64 { return uint64(bits.Len32(uint32(x)) - 1) }},
		{"bfind.s64 d, x;", "b32 b64", func(x, _, _ uint64) uint64 { return uint64(bits.Len64(x^-(x>>63)) - 1) }},
		{"bfind.shiftamt.u32 d, x;", "b32 b32", func(x, _, _ uint64) uint64 {
			if x == 0 {
				return ^uint64(0)
			}
			return uint64(bits.LeadingZeros32(uint32(x)))
		}},
		{"mul24.lo.u32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return (x & 0xffffff) * (y & 0xffffff) }},
		{"mul24.hi.s32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return low(signed(24, x).Mul(signed(24, x), signed(24, y)), 16) }},
		{"mad24.lo.s32 d, x, y, z;", b4, func(x, y, z uint64) uint64 { return low(signed(24, x).Mul(signed(24, x), signed(24, y)), 0) + z }},
		{"add.sat.s32 d, x, y;", b3, func(x, y, _ uint64) uint64 {
			return uint64(max(min(int64(int32(x))+int64(int32(y)), 1<<31-1), -1<<31))
		}},
		{"{ .reg .b32 lo, hi, a, b; mov.b64 {lo, hi}, x; mov.b64 {a, b}, y; add.cc.u32 lo, lo, a; addc.u32 hi, hi, b; mov.b64 d, {lo, hi}; }",
			"b64 b64 b64", func(x, y, _ uint64) uint64 { return x + y }},
		{"{ .reg .b32 lo, hi, a, b; mov.b64 {lo, hi}, x; mov.b64 {a, b}, y; sub.cc.u32 lo, lo, a; subc.u32 hi, hi, b; mov.b64 d, {lo, hi}; }",
			"b64 b64 b64", func(x, y, _ uint64) uint64 { return x - y }},
		{"add.cc.u64 d, x, y; addc.u64 d, 0, 0;", "b64 b64 b64", func(x, y, _ uint64) uint64 { return truth(x+y < x) }},
		{"mov.b32 d, {x, y};", "b32 b16 b16", func(x, y, _ uint64) uint64 { return y<<16 | x }},
		{"setp.lt.or.u32 p|q, x, y, p; selp.b32 d, 2, 0, p; @q add.u32 d, d, 1;", b3, func(x, y, _ uint64) uint64 {
			return truth(x < y)*2 + truth(x >= y)
		}},
		{"set.gt.u32.s32 d, x, y;", b3, func(x, y, _ uint64) uint64 { return -truth(int32(x) > int32(y)) }},
		{"slct.u32.s32 d, x, y, z;", b4, func(x, y, z uint64) uint64 {
			if int32(z) >= 0 {
				return x
			}
			return y
		}},
		{"setp.ne.u32 p, x, 0; setp.ne.u32 q, y, 0; xor.pred p, p, !q; not.pred p, p; selp.b32 d, 1, 0, p;", b3, func(x, y, _ uint64) uint64 {
			return truth((x != 0) != (y != 0))
		}},
	})
}

// extract is bfe as the PTX ISA writes it out.
func extract(size int, signed bool, x, pos, n uint64) uint64 {
	msb := size - 1
	p, l := int(pos&0xff), int(n&0xff)
	sign := signed && l > 0 && bit(x, min(p+l-1, msb))
	return perBit(size, func(i int) bool {
		if i < l && p+i <= msb {
			return bit(x, p+i)
		}
		return sign
	})
}

// insert is bfi as the PTX ISA writes it out.
func insert(size int, x, y, pos, n uint64) uint64 {
	return perBit(size, func(i int) bool {
		if i >= int(pos) && i < int(pos+n) {
			return bit(x, i-int(pos))
		}
		return bit(y, i)
	})
}
