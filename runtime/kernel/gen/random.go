package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// generators emits the routines that fill slices with random numbers.
func generators(a *asm) {
	random(a, "normals", func(words [4]vec) (values [4]vec) {
		for pair := range 2 {
			values[2*pair], values[2*pair+1] = a.boxMuller(words[2*pair], words[2*pair+1])
		}
		return values
	})
	random(a, "uniforms", func(words [4]vec) (values [4]vec) {
		for i, w := range words {
			x := a.convert(a.VCVTDQ2PS, a.shift(a.VPSRLD, 9, w))
			values[i] = a.mul(a.add(x, a.num(0.5)), a.num(0x1p-23))
		}
		return values
	})
}

// counters is the counters that a block of values comes from.
const counters = 16

// random emits a routine that fills blocks of 64 values: value 16 w + l of a block
// is made from word w of the Philox of the block's counter l.
func random(a *asm, name string, of func(words [4]vec) [4]vec) {
	a.begin(name, name, "(dst []float32, counter, stream, seed uint64)")
	n, dst := a.length("dst"), a.base("dst")
	counter := a.Load(a.Param("counter"), a.GP64())
	p := &philox{a, a.oddMask()}
	a.SHRQ(operand.U8(6), n)
	a.JZ(operand.LabelRef("done"))
	a.Label("loop")
	for lane := 0; lane < counters; lane += a.lanes() {
		for w, v := range of(p.rounds(a.words(counter, lane))) {
			a.VMOVUPS(v, mem{Base: dst, Disp: 4 * (counters*w + lane)})
		}
	}
	a.ADDQ(operand.U8(counters), counter)
	a.ADDQ(operand.U32(4*4*counters), dst)
	a.DECQ(n)
	a.JNZ(operand.LabelRef("loop"))
	a.Label("done")
	a.end()
}

// words returns Philox's input for counters from counter+lane on. The counter of a
// block is a multiple of 16, so adding a lane never carries into the high word.
func (a *asm) words(counter reg.Register, lane int) [4]vec {
	low, high := a.halves(counter)
	low2, high2 := a.halves(a.Load(a.Param("stream"), a.GP64()))
	lanes := a.sequence("lanes", counters, func(i int) uint32 { return uint32(i) }).Offset(4 * lane)
	return [4]vec{a.do(a.VPADDD, low, lanes), high, low2, high2}
}

// halves returns the low and the high word of x, each in every lane.
func (a *asm) halves(x reg.Register) (low, high vec) {
	shifted := a.GP64()
	a.MOVQ(x, shifted)
	a.SHRQ(operand.U8(32), shifted)
	return a.spread(x), a.spread(shifted)
}

// spread returns the low word of x in every lane.
func (a *asm) spread(x reg.Register) vec {
	word, d := x.(reg.GPVirtual).As32(), a.vec()
	if a.wide {
		a.VPBROADCASTD(word, d)
		return d
	}
	low := a.XMM()
	a.VMOVD(word, low)
	a.VPBROADCASTD(low, d)
	return d
}

// philox emits the rounds of Philox4x32.
type philox struct {
	*asm
	odd reg.Register // AVX-512 mask of the odd lanes
}

// oddMask returns a mask of the odd lanes; AVX2 blends without one.
func (a *asm) oddMask() reg.Register {
	if !a.wide {
		return nil
	}
	bits, k := a.GP32(), a.K()
	a.MOVL(operand.U32(0xAAAA), bits)
	a.KMOVW(bits, k)
	return k
}

// rounds returns ten rounds from the counters c, with the seed as key.
func (p *philox) rounds(c [4]vec) [4]vec {
	key0, key1 := p.halves(p.Load(p.Param("seed"), p.GP64()))
	for range 10 {
		high0, low0 := p.product(c[0], 0xD2511F53)
		high1, low1 := p.product(c[2], 0xCD9E8D57)
		c = [4]vec{p.xor(p.xor(high1, c[1]), key0), low1, p.xor(p.xor(high0, c[3]), key1), low0}
		key0 = p.do(p.VPADDD, key0, p.bits(0x9E3779B9))
		key1 = p.do(p.VPADDD, key1, p.bits(0xBB67AE85))
	}
	return c
}

// product returns the high and low words of x times m. The instruction multiplies
// every other lane, so the odd ones are moved down to be multiplied and up again.
func (p *philox) product(x vec, m uint32) (high, low vec) {
	even := p.do(p.VPMULUDQ, x, p.bits(m))
	odd := p.do(p.VPMULUDQ, p.shift(p.VPSRLQ, 32, x), p.bits(m))
	high = p.oddLanes(odd, p.shift(p.VPSRLQ, 32, even))
	return high, p.oddLanes(p.shift(p.VPSLLQ, 32, odd), even)
}

// oddLanes puts the odd lanes of x into y, which it returns.
func (p *philox) oddLanes(x, y vec) vec {
	if p.wide {
		p.VMOVDQA32(x, p.odd, y)
	} else {
		p.VPBLENDD(operand.U8(0xAA), x, y, y)
	}
	return y
}

// boxMuller returns two independent normal values for two random words: a radius
// from u in (0,1], and an angle in turns from v as a signed fraction.
func (a *asm) boxMuller(u, v vec) (x, y vec) {
	low := a.convert(a.VCVTDQ2PS, a.and(u, a.bits(0xFFFF)))
	high := a.convert(a.VCVTDQ2PS, a.shift(a.VPSRLD, 16, u))
	unit := a.mulAdd(a.add(low, a.num(0.5)), high, a.num(1<<16)) // u + 1/2, rounded once
	t, e := a.split(a.mul(unit, a.num(0x1p-32)))
	radius := a.sqrt(a.mul(a.logOf(t, e), a.num(-2)))
	sin, cos := a.sinCos(a.mul(a.convert(a.VCVTDQ2PS, v), a.num(0x1p-30)))
	return a.mul(radius, cos), a.mul(radius, sin)
}

// sinCos returns the sine and cosine of x quarter turns, by Cephes' polynomials
// within half a quarter of the nearest whole one.
func (a *asm) sinCos(x vec) (sin, cos vec) {
	near := a.round(x)
	f := a.mul(a.sub(x, near), a.num(math.Pi/2))
	f2 := a.square(f)
	s := a.mulAdd(a.mov(f), a.mul(f, f2), a.horner(f2, -1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1))
	c := a.horner(f2, 2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1)
	quarter := a.convert(a.VCVTPS2DQ, near)
	odd := a.cmp(greater, a.convert(a.VCVTDQ2PS, a.and(quarter, a.bits(1))), a.num(0))
	return a.xor(a.blend(odd, c, s), a.signOf(quarter)),
		a.xor(a.blend(odd, s, c), a.signOf(a.do(a.VPADDD, quarter, a.bits(1))))
}

// signOf returns the sign bit where bit 1 of q is set.
func (a *asm) signOf(q vec) vec {
	return a.and(a.shift(a.VPSLLD, 30, q), a.bits(signBit))
}
