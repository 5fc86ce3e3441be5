package ptxemu

import (
	"errors"
	"fmt"
	"math/bits"
)

// ErrAccess is wrapped by the error of a launch in which a thread reached for
// memory that is not there, or not aligned.
var ErrAccess = errors.New("illegal access")

// fault is what a kernel did wrong. It is thrown where it happens and becomes
// the error of the launch.
type fault struct {
	why    string
	access bool // of memory
	w      *warp
	m      uint32 // the lanes at fault; none: all that are active
	stmt   *stmt
}

// fail stops the launch for what lane i did.
func (w *warp) fail(i int, format string, args ...any) {
	panic(fault{why: fmt.Sprintf(format, args...), w: w, m: 1 << (i & 31)})
}

// failAccess stops the launch for what lane i wanted of memory.
func (w *warp) failAccess(i int, format string, args ...any) {
	panic(fault{why: fmt.Sprintf(format, args...), access: true, w: w, m: 1 << (i & 31)})
}

// err names the kernel, the line, the block and the thread.
func (f fault) err(k *Function) error {
	s := f.stmt
	if s == nil {
		s = f.w.here()
	}
	m := f.m
	if m == 0 {
		m = f.w.active
	}
	lane := bits.TrailingZeros32(m) & 31
	b := f.w.b
	text := fmt.Sprintf("%s: line %d: %s: %s; block (%d,%d,%d), thread (%s)", k.Name, s.line, s.text, f.why,
		b.id[0], b.id[1], b.id[2], threadName(b.g.block, f.w.first+lane))
	if f.access {
		return fmt.Errorf("%w: %s", ErrAccess, text)
	}
	return errors.New(text)
}

// here is the instruction that the warp runs.
func (w *warp) here() *stmt {
	code := w.b.g.f.code
	return code[min(max(w.pc-1, 0), len(code)-1)].s
}

func threadName(dim Block, i int) string {
	return fmt.Sprintf("%d,%d,%d", i%dim[0], i/dim[0]%dim[1], i/dim[0]/dim[1])
}

// stuck finds what those wait for who cannot go on.
func (g *grid) stuck() fault {
	for _, b := range g.alive {
		for _, w := range b.warps {
			if m := w.parked | w.active; m != 0 {
				if w.active == 0 {
					w.resume(0)
				}
				return fault{why: "it waits for what no thread writes any more", w: w, m: m, stmt: g.f.code[w.pc].s}
			}
		}
	}
	for _, b := range g.alive {
		for _, w := range b.warps {
			if m := w.synced | w.barred | w.gate; m != 0 {
				i := bits.TrailingZeros32(m) & 31
				return fault{why: w.waitsFor(i), w: w, m: 1 << i, stmt: w.waitsAt(i)}
			}
		}
	}
	panic("ptxemu: threads are left, and none of them waits")
}

// waitsFor says what lane i needs to go on.
func (w *warp) waitsFor(i int) string {
	bit := uint32(1) << i
	switch {
	case w.synced&bit != 0:
		return fmt.Sprintf("lanes %#x of the warp wait here for others that never come", w.synced)
	case w.barred&bit != 0:
		bar := w.b.bars[w.bar[i]]
		need := bar.need
		if need == 0 {
			need = w.b.left
		}
		return fmt.Sprintf("barrier %d waits without end: %d of %d threads have come", w.bar[i], bar.arrived, need)
	}
	t := w.b.team
	return fmt.Sprintf("the cluster's barrier waits without end: %d of %d threads have come", t.arrived, t.left())
}

// waitsAt is the instruction at which lane i waits.
func (w *warp) waitsAt(i int) *stmt {
	at := w.at[i]
	if w.synced&(1<<i) == 0 {
		at--
	}
	return w.b.g.f.code[max(at, 0)].s
}
