package ptxemu

import (
	"strconv"
	"strings"
	"unsafe"
)

// place is what an instruction accesses: a space, and an address in a row.
type place struct {
	space  string // global (const too), shared, local, param, generic
	remote bool   // may reach into other blocks of the cluster
	row    int
	off    uint64
	wrap   uint64 // addresses of 32 bits wrap
	slot   int    // where the launch keeps what span it last found
}

var spaceNames = []string{"global", "const", "shared", "shared::cta", "shared::cluster", "local", "param"}

// space reads the space of an instruction from its modifiers.
func (b *binding) space() (name string, remote bool) {
	switch s := b.one(spaceNames...); s {
	case "":
		return "generic", true
	case "const":
		return "global", false
	case "shared::cta":
		return "shared", false
	case "shared::cluster":
		return "shared", true
	case "param":
		b.skip("func", "entry")
		return s, false
	default:
		return s, false
	}
}

// address reads [register+offset], [symbol+offset] or [number].
func (b *binding) address(text, space string, remote bool) *place {
	inner, ok := strings.CutPrefix(text, "[")
	inner, ok2 := strings.CutSuffix(inner, "]")
	if !ok || !ok2 {
		b.refuse("%s is no address", text)
	}
	inner = strings.TrimSpace(inner)
	p := &place{space: space, remote: remote, wrap: ^uint64(0), slot: b.f.spans}
	b.f.spans++
	if space == "param" && !b.isKernelParam(inner) {
		p.space = "local" // parameters of functions lie with what is the thread's own
	}
	if at, ok := b.symbol(inner); ok {
		p.row = b.constant(at)
		return p
	}
	name, add, _ := strings.Cut(inner, "+")
	name = strings.TrimSpace(name)
	if v := b.s.scope.variable(name); v != nil && v.space == "reg" {
		p.row = b.src(name, kind{name: "b32", size: 4})
		p.wrap = v.kind.mask()
		p.off = b.offset(add)
		return p
	}
	p.row = b.constant(b.offset(inner))
	return p
}

func (b *binding) offset(text string) uint64 {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		b.refuse("%q is no offset", text)
	}
	return uint64(n)
}

func (b *binding) isKernelParam(text string) bool {
	name, _, _ := strings.Cut(text, "+")
	v := b.s.scope.variable(strings.TrimSpace(name))
	if v == nil || v.space == "reg" {
		return b.r.kernel
	}
	at, ok := b.place[v]
	return ok && at&windowMask == paramWindow
}

// start is the span in which an instruction looks first.
func (w *warp) start(p *place) span {
	switch p.space {
	case "shared":
		return w.b.window
	case "param":
		return w.b.g.pspan
	case "local":
		return span{}
	}
	return w.b.g.spans[p.slot]
}

// reach finds n bytes at address a for lane i, and the span that holds them for
// the lanes that follow; it stops the launch where there are none.
func (w *warp) reach(p *place, i int, a, n uint64) (unsafe.Pointer, span) {
	space := p.space
	if space == "generic" {
		switch a & windowMask {
		case sharedWindow:
			space, a = "shared", a-sharedWindow
		case localWindow:
			space, a = "local", a-localWindow
		case paramWindow:
			space = "param"
		default:
			space = "global"
		}
	}
	switch space {
	case "local":
		return w.ownBytes(i, a, n), span{}
	case "shared":
		return w.sharedBytes(p, i, a, n), span{}
	case "param":
		if q := w.b.g.pspan.at(a, n); q != nil {
			return q, w.b.g.pspan
		}
		w.failAccess(i, "bytes %d to %d of the parameters, which have %d", a-paramWindow, a-paramWindow+n, len(w.b.g.params))
	}
	s := w.globalSpan(i, a, n)
	w.b.g.spans[p.slot] = s
	return s.at(a, n), s
}

func (w *warp) globalSpan(i int, a, n uint64) span {
	if s, ok := w.b.g.mem.find(a, n); ok {
		return s
	}
	if s, ok := w.b.g.f.m.globals.find(a, n); ok {
		return s
	}
	w.failAccess(i, "%d bytes at %#x are not the device's: %s", n, a, w.b.g.mem.describe(a))
	return span{}
}

func (w *warp) ownBytes(i int, a, n uint64) unsafe.Pointer {
	size := uint64(w.b.g.f.localBytes)
	if a > size || size-a < n {
		w.failAccess(i, "bytes %d to %d of local memory, which has %d", int64(a), int64(a+n), size)
	}
	return unsafe.Pointer(&w.l[uint64(i)*size+a])
}

// sharedBytes finds shared memory of this block, or of one in the cluster.
func (w *warp) sharedBytes(p *place, i int, a, n uint64) unsafe.Pointer {
	b := w.b
	if rank := int(a & rankMask >> rankShift); rank > 0 && p.remote && b.team != nil {
		if rank > len(b.team.blocks) {
			w.failAccess(i, "block %d of a cluster of %d", rank-1, len(b.team.blocks))
		}
		b = b.team.blocks[rank-1]
		a &^= rankMask
	}
	if b.left == 0 {
		w.failAccess(i, "the block of the cluster whose shared memory this is has ended")
	}
	q := b.window.at(a, n)
	if q == nil {
		w.failAccess(i, "bytes %d to %d of shared memory, which has %d", int64(a), int64(a+n), len(b.shared))
	}
	return q
}

func (w *warp) misaligned(i int, a, n uint64) {
	w.failAccess(i, "address %#x is no multiple of %d", a, n)
}
