package ptxemu

import "testing"

// warpCase is a piece of a kernel that makes %r2 of what a lane has, %r1 being
// its number, and what a lane must get.
type warpCase struct {
	name, text string
	want       func(i int) uint32
}

// runWarps runs a piece on two warps.
func runWarps(t *testing.T, c warpCase) {
	t.Run(c.name, func(t *testing.T) {
		d := textDevice(t, body(c.text+"\nst.global.u32 [%rd3], %r2;"), "k")
		out := make([]uint32, 64)
		d.launch(Grid{1, 1, 1}, Block{64, 1, 1}, 0, give(d, out), give(d, make([]uint32, 64)))
		for i, got := range out {
			if want := c.want(i); got != want {
				t.Fatalf("thread %d has %#x, want %#x", i, got, want)
			}
		}
	})
}

func TestWarpInstructions(t *testing.T) {
	multiple := func(i int) bool { return i%3 == 0 }
	threes := func(i int) uint32 { // lanes of the warp of i whose thread is a multiple of three
		m := uint32(0)
		for j := range 32 {
			m |= uint32(truth(multiple(i&^31+j))) << j
		}
		return m
	}
	const three = "rem.u32 %r3, %r1, 3; setp.eq.u32 %p1, %r3, 0;\n"
	for _, c := range []warpCase{
		{"vote all", three + "vote.sync.all.pred %p2, %p1, -1; selp.u32 %r2, 1, 0, %p2;", func(int) uint32 { return 0 }},
		{"vote any", three + "vote.sync.any.pred %p2, !%p1, -1; selp.u32 %r2, 1, 0, %p2;", func(int) uint32 { return 1 }},
		{"vote uni", "setp.ge.u32 %p1, %r1, 32; vote.sync.uni.pred %p2, %p1, -1; selp.u32 %r2, 1, 0, %p2;", func(int) uint32 { return 1 }},
		{"ballot", three + "vote.sync.ballot.b32 %r2, %p1, -1;", threes},
		{"active", three + "mov.u32 %r2, 0; @%p1 activemask.b32 %r2;", func(i int) uint32 { return uint32(truth(multiple(i))) * ^uint32(0) }},
		{"active of a branch", three + "mov.u32 %r2, 0; @!%p1 bra L; activemask.b32 %r2; L:", func(i int) uint32 {
			return uint32(truth(multiple(i))) * threes(i)
		}},
		{"match any", three + "match.any.sync.b32 %r2, %r3, -1;", func(i int) uint32 {
			m := uint32(0)
			for j := range 32 {
				m |= uint32(truth((i&^31+j)%3 == i%3)) << j
			}
			return m
		}},
		{"match all", "shr.u32 %r3, %r1, 5; match.all.sync.b32 %r2|%p1, %r3, -1; @!%p1 mov.u32 %r2, 7;", func(int) uint32 { return ^uint32(0) }},
		{"match not all", "match.all.sync.b32 %r2|%p1, %r1, -1; @!%p1 add.u32 %r2, %r2, 7;", func(int) uint32 { return 7 }},
		{"redux add", "redux.sync.add.s32 %r2, %r1, -1;", func(i int) uint32 { return uint32(496 + i&^31*32) }},
		{"redux max", "xor.b32 %r3, %r1, 5; redux.sync.max.u32 %r2, %r3, -1;", func(i int) uint32 { return uint32(i | 31) }},
		{"redux by halves", "and.b32 %r3, %r1, 16; mov.u32 %r4, 0xffff; shl.b32 %r4, %r4, %r3; redux.sync.or.b32 %r2, %r1, %r4;", func(i int) uint32 {
			return uint32(i | 15)
		}},
		{"elect", "elect.sync %r2|%p1, -1; @%p1 add.u32 %r2, %r2, 100;", func(i int) uint32 { return uint32(truth(i&31 == 0)) * 100 }},
		{"shuffle idx", "shfl.sync.idx.b32 %r2, %r1, 9, 0x1c07, -1;", func(i int) uint32 { return uint32(i&^3 | 1) }},
		{"shuffle down", "shfl.sync.down.b32 %r2|%p1, %r1, 3, 31, -1; @!%p1 mov.u32 %r2, 99;", func(i int) uint32 {
			if i&31 > 28 {
				return 99
			}
			return uint32(i + 3)
		}},
		{"shuffle of a half", three + "setp.lt.u32 %p2, %r1, 1000; and.b32 %r3, %r1, 31; setp.lt.u32 %p3, %r3, 16; mov.u32 %r2, 5;\n" +
			"@!%p3 bra L; shfl.sync.bfly.b32 %r2, %r1, 8, 31, 0xffff; L:", func(i int) uint32 {
			if i&31 < 16 {
				return uint32(i ^ 8)
			}
			return 5
		}},
		{"lanes that come apart", three + "mov.u32 %r4, 1; @!%p1 bra A; mov.u32 %r4, 2; bra M; A: mov.u32 %r4, 3; bra M; M: shfl.sync.bfly.b32 %r2, %r4, 1, 31, -1;", func(i int) uint32 {
			return 3 - uint32(truth(multiple(i^1)))
		}},
		{"warp barriers apart", three + "@%p1 bra A; st.global.u32 [%rd3], %r1; bar.warp.sync -1; bra B; A: st.global.u32 [%rd3], %r1; bar.warp.sync -1; B: ld.global.u32 %r2, [%rd3];",
			func(i int) uint32 { return uint32(i) }},
		{"barrier that counts", three + "bar.red.popc.u32 %r2, 0, %p1;", func(int) uint32 { return 22 }},
		{"barrier or", "setp.eq.u32 %p1, %r1, 40; bar.red.or.pred %p2, 0, %p1; selp.u32 %r2, 1, 0, %p2;", func(int) uint32 { return 1 }},
		{"barrier and", "setp.ne.u32 %p1, %r1, 40; bar.red.and.pred %p2, 1, %p1; selp.u32 %r2, 1, 0, %p2;", func(int) uint32 { return 0 }},
		{"one warp tells", "mov.u32 %r4, box; setp.lt.u32 %p1, %r1, 32; @!%p1 bra L; st.shared.u32 [%r4], 42; bar.arrive 3, 64; mov.u32 %r2, 42; bra E;\n" +
			"L: bar.sync 3, 64; ld.shared.u32 %r2, [%r4]; E:", func(int) uint32 { return 42 }},
		{"warps that pass a token", "mov.u32 %r4, box; setp.eq.u32 %p1, %r1, 0; @%p1 st.shared.u32 [%r4], 0; bar.sync 0; shr.u32 %r3, %r1, 5; sub.u32 %r3, 1, %r3;\n" +
			"L: ld.volatile.shared.u32 %r2, [%r4]; setp.ne.u32 %p1, %r2, %r3; @%p1 bra L; bar.warp.sync -1; add.u32 %r2, %r2, 1; st.volatile.shared.u32 [%r4], %r2;",
			func(i int) uint32 { return uint32(2 - i/32) }},
		{"a lane waits for another", "mov.u32 %r4, box; setp.eq.u32 %p1, %r1, 0; @%p1 st.shared.u32 [%r4], 0; bar.sync 0; and.b32 %r3, %r1, 31; setp.eq.u32 %p1, %r1, 31; mov.u32 %r2, 1;\n" +
			"setp.gt.u32 %p2, %r1, 31; @%p2 bra E; @%p1 bra S; W: ld.volatile.shared.u32 %r2, [%r4]; setp.ne.u32 %p2, %r2, 1; @%p2 bra W; bra E; S: st.volatile.shared.u32 [%r4], 1; E:",
			func(int) uint32 { return 1 }},
		{"table of jumps", "T: .branchtargets A, B, C; and.b32 %r3, %r1, 3; setp.eq.u32 %p1, %r3, 3; mov.u32 %r2, 9; @%p1 bra E; brx.idx %r3, T;\n" +
			"A: mov.u32 %r2, 10; bra E; B: mov.u32 %r2, 20; C: add.u32 %r2, %r2, 1; E:", func(i int) uint32 { return []uint32{10, 21, 10, 9}[i&3] }},
		{"bytes", "cvt.u16.u32 %h1, %r1; mov.u32 %r4, box; mad.lo.u32 %r4, %r1, 0, %r4; st.shared.u8 [%r4+3], 0xf0; ld.shared.s8 %h2, [%r4+3]; cvt.s32.s16 %r2, %h2;",
			func(int) uint32 { return 0xfffffff0 }},
		{"halves", "mov.u32 %r4, box; st.shared.v2.u16 [%r4+4], {0x8001, 0x7fff}; ld.shared.s16 %r2, [%r4+4]; ld.shared.u16 %r3, [%r4+6]; xor.b32 %r2, %r2, %r3;",
			func(int) uint32 { return 0xffff8001 ^ 0x7fff }},
		{"windows", "mov.u64 %rd4, box; cvta.shared.u64 %rd4, %rd4; isspacep.shared %p1, %rd4; isspacep.global %p2, %rd4; selp.u32 %r2, 1, 0, %p1; @%p2 add.u32 %r2, %r2, 2;\n" +
			"isspacep.global %p2, %rd1; @%p2 add.u32 %r2, %r2, 4; mov.b64 %rd5, a; cvta.param.u64 %rd5, %rd5; ld.u64 %rd6, [%rd5]; setp.eq.u64 %p1, %rd6, %rd1; @%p1 add.u32 %r2, %r2, 8;",
			func(int) uint32 { return 13 }},
		{"local", ".local .align 4 .b8 own[16]; mov.u64 %rd4, own; st.local.u32 [%rd4+8], %r1; cvta.local.u64 %rd5, %rd4; ld.u32 %r2, [%rd5+8];",
			func(i int) uint32 { return uint32(i) }},
		{"poison", "ld.shared.u32 %r2, [box+60];", func(int) uint32 { return ^uint32(0) }},
		{"vectors added", "mul.wide.u32 %rd4, %r1, 0; add.u64 %rd4, %rd4, %rd2; atom.global.add.v2.f32 {%f1, %f2}, [%rd4], {0f3F800000, 0f40000000}; bar.sync 0; ld.global.v2.f32 {%f1, %f2}, [%rd2]; fma.rn.f32 %f1, %f2, 0f42C80000, %f1; cvt.rzi.u32.f32 %r2, %f1;",
			func(int) uint32 { return 64 + 12800 }},
		{"lanemask", "mov.u32 %r3, %lanemask_lt; popc.b32 %r2, %r3; mov.u32 %r3, %lanemask_ge; popc.b32 %r3, %r3; add.u32 %r2, %r2, %r3;", func(int) uint32 { return 32 }},
	} {
		c.text = ".reg .b16 %h<4>;\n" + c.text
		runWarps(t, c)
	}
}
