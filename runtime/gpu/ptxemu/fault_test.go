package ptxemu

import (
	"strings"
	"testing"
)

// body is a kernel of two pointers with some registers.
func body(text string) string {
	return `.version 7.8
.target sm_80
.address_size 64
.shared .align 4 .b8 box[64];
.visible .entry k(.param .u64 a, .param .u64 b) {
	.reg .pred %p<4>; .reg .b32 %r<8>; .reg .b64 %rd<8>; .reg .f32 %f<4>;
	ld.param.u64 %rd1, [a];
	ld.param.u64 %rd2, [b];
	mov.u32 %r1, %tid.x;
	mad.wide.u32 %rd3, %r1, 4, %rd1;
` + text + "\n}\n"
}

// What a kernel does wrong is told with its line and thread, whatever it is.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"past the end":     {"ld.global.u32 %r2, [%rd3+256];", "thread (0,0,0): "},
		"before the start": {"st.global.u32 [%rd1+-4], %r1;", "st.global.u32 [%rd1+-4], %r1: 4 bytes at"},
		"last thread":      {"ld.global.u32 %r2, [%rd3+4];", "thread (63,0,0)"},
		"no multiple":      {"ld.global.u32 %r2, [%rd1+6];", "is no multiple of 4"},
		"vector":           {"ld.global.v4.u32 {%r2,%r3,%r4,%r5}, [%rd1+8];", "is no multiple of 16"},
		"shared":           {"mov.u32 %r2, box; st.shared.u32 [%r2+64], %r1;", "bytes 64 to 68 of shared memory, which has 64"},
		"generic":          {"mov.u64 %rd4, box; cvta.shared.u64 %rd4, %rd4; ld.u32 %r2, [%rd4+62];", "bytes 62 to 66 of shared"},
		"params":           {"ld.param.u64 %rd4, [b+8];", "bytes 16 to 24 of the parameters, which have 16"},
		"null":             {"mov.u64 %rd4, 0; ld.global.u32 %r2, [%rd4];", "no memory lies before it"},
		"freed variable":   {"ld.global.u32 %r2, [%rd2];", "past the end of an allocation of 256"},
		"half a warp":      {"setp.lt.u32 %p1, %r1, 5; @!%p1 bra L; shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1; L: bar.sync 0;", "lanes 0x1f of the warp wait here for others that never come"},
		"not in the mask":  {"shfl.sync.idx.b32 %r2, %r1, 0, 31, 1;", "lane 1 is not among those"},
		"one warp waits":   {"setp.lt.u32 %p1, %r1, 32; @%p1 bar.sync 0, 64; bar.sync 1;", "barrier 0 waits without end: 32 of 64"},
		"apart":            {"setp.lt.u32 %p1, %r1, 5; @%p1 bra L; bar.sync 0; bra E; L: bar.sync 0; E: ret;", "lanes of one warp wait at barrier 0 in different places"},
		"spin":             {"L: ld.volatile.global.u32 %r2, [%rd1]; setp.ne.u32 %p1, %r2, 9; @%p1 bra L;", "waits for what no thread writes"},
		"lock":             {"L: atom.global.cas.b32 %r2, [%rd1], 0, 1; setp.ne.u32 %p1, %r2, 0; @%p1 bra L;", "waits for what no thread writes"},
		"products by some": {"setp.lt.u32 %p1, %r1, 5; @%p1 mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%f0,%f1,%f2,%f3}, {%r1,%r1,%r1,%r1}, {%r1,%r1}, {%f0,%f1,%f2,%f3};", "lanes 0x1f of the warp multiply"},
		"from who left":    {"setp.lt.u32 %p1, %r1, 5; @%p1 shfl.sync.bfly.b32 %r2, %r1, 1, 31, -1;", "lane 4 reads from lane 5, which takes no part"},
		"trap":             {"setp.eq.u32 %p1, %r1, 40; @%p1 trap;", "thread (40,0,0)"},
	} {
		t.Run(name, func(t *testing.T) {
			d := textDevice(t, body(c.text), "k")
			memory := make([]uint32, 64)
			err := d.f.Launch(&d.mem, Grid{2, 1, 1}, Block{64, 1, 1}, 0, d.params(give(d, memory), give(d, memory)+256))
			if err == nil || !strings.Contains(err.Error()+": ", c.want) {
				t.Errorf("%v\nwant ... %s", err, c.want)
			}
			if err != nil && (!strings.HasPrefix(strings.TrimPrefix(err.Error(), "illegal access: "), "k: line ") || !strings.Contains(err.Error(), "block (")) {
				t.Errorf("%v: no line or block", err)
			}
		})
	}
}

// An endless loop that looks at nothing others write stops at some time.
func TestEndlessLoop(t *testing.T) {
	d := textDevice(t, body("L: add.u32 %r1, %r1, 1; bra L;"), "k")
	d.f.limit = 1e6
	err := d.f.Launch(&d.mem, Grid{1, 1, 1}, Block{1, 1, 1}, 0, make([]byte, 16))
	if err == nil || !strings.Contains(err.Error(), "without end") {
		t.Error(err)
	}
}

// A text that is not understood is refused when it is read.
func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		"frob.u32 %r1, %r2;":                         "line 11: frob.u32 %r1, %r2: unknown instruction",
		"add.wild.u32 %r1, %r2, %r3;":                ".wild is not known here",
		"add.u32 %r1, %r2, %r99;":                    `"%r99" is no number`,
		"add.u32 %r1, %rx, 1":                        "a brace closes",
		"add.u32 %r1, %r2;":                          "2 operands",
		"add.u64 %r1, %rd1, %rd2;":                   "%r1 has 4 bytes and is given 8",
		"add.f16 %r1, %r2, %r3;":                     "arithmetic of f16 is not known",
		"bra NOWHERE;":                               "no label NOWHERE",
		"@%q1 ret;":                                  "%q1 is no predicate",
		"call.uni other, (a);":                       "nothing defines other",
		"ld.global.v2.u32 {%r1,%r2,%r3}, [%rd1];":    "has 3 elements",
		"fma.rz.f64 %rd1, %rd1, %rd1, %rd1;":         "rounded to nearest",
		"mma.sync.aligned.m8n8k4 {%f0}, {%f0}, 1;":   "unknown shape",
		"cp.async.bulk.shared.global [%r1], [%rd1];": "2 operands where",
		".reg .wide %x;":                             "unknown type .wide",
	} {
		if _, err := Load(body(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want ... %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"":              "no .target",
		"int main() {}": "",
		".version 7.0\n.target sm_80\n.entry k() { {":                  "ends inside k",
		".target sm_80\n.extern .global .u32 x;":                       "linking",
		".target sm_80\n.global .u32 x = y;":                           "no variable y",
		".target sm_80\n.func f() { call f; }\n.entry k() { call f; }": "calls itself",
	} {
		if _, err := Load(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want ... %s", text, err, want)
		}
	}
}

func TestLaunchLimits(t *testing.T) {
	text := strings.Replace(body("ret;"), "{\n", "\n.maxntid 64, 1, 1\n{\n", 1)
	d := textDevice(t, text, "k")
	for want, err := range map[string]error{
		"none may be less than one": d.f.Launch(&d.mem, Grid{0, 1, 1}, Block{1, 1, 1}, 0, make([]byte, 16)),
		"made for 64 at most":       d.f.Launch(&d.mem, Grid{1, 1, 1}, Block{65, 1, 1}, 0, make([]byte, 16)),
		"the most is 1024":          d.f.Launch(&d.mem, Grid{1, 1, 1}, Block{65, 65, 1}, 0, make([]byte, 16)),
		"8 bytes of parameters":     d.f.Launch(&d.mem, Grid{1, 1, 1}, Block{1, 1, 1}, 0, make([]byte, 8)),
		"-1 bytes of shared memory": d.f.Launch(&d.mem, Grid{1, 1, 1}, Block{1, 1, 1}, -1, make([]byte, 16)),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want ... %s", err, want)
		}
	}
	if _, err := d.f.m.Function("other"); err == nil || !strings.Contains(err.Error(), "it has [k]") {
		t.Error(err)
	}
}

func TestMemoryThatIsTakenAway(t *testing.T) {
	d := textDevice(t, body("ld.global.u32 %r2, [%rd3];"), "k")
	memory := make([]uint32, 64)
	p := give(d, memory)
	d.launch(Grid{1, 1, 1}, Block{64, 1, 1}, 0, p, p)
	if err := d.mem.Remove(p + 4); err == nil {
		t.Error("memory is taken away in the middle")
	}
	if err := d.mem.Remove(p); err != nil {
		t.Error(err)
	}
	if err := d.f.Launch(&d.mem, Grid{1, 1, 1}, Block{64, 1, 1}, 0, d.params(p, p)); err == nil {
		t.Error("memory that was taken away is read")
	}
}
