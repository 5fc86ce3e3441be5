package ptxemu

import (
	"fmt"
	"sort"
	"sync"
	"unsafe"
)

// Memory is the global memory of a device: stretches of the host's memory, at
// the addresses they have there. What lies in none of them cannot be accessed.
// Its methods may be called from several goroutines.
type Memory struct {
	mu    sync.RWMutex
	spans []span // by address
}

// span is a stretch of memory: addresses from lo to before hi, held at base.
type span struct {
	lo, hi uint64
	base   unsafe.Pointer
}

// at points to n bytes at address p, or to nil where they are not all inside.
func (s *span) at(p, n uint64) unsafe.Pointer {
	if off := p - s.lo; off < s.hi-s.lo && n <= s.hi-p {
		return unsafe.Add(s.base, off)
	}
	return nil
}

// Add makes the bytes of b accessible to kernels and gives their address. They
// must be kept alive, and must not be on a stack.
func (m *Memory) Add(b []byte) uint64 {
	base := unsafe.Pointer(unsafe.SliceData(b))
	p := uint64(uintptr(base))
	m.insert(span{p, p + uint64(len(b)), base})
	return p
}

// AddAt makes n bytes at address p accessible: memory that is not Go's.
func (m *Memory) AddAt(p uint64, n int) {
	address := uintptr(p)
	m.insert(span{p, p + uint64(n), *(*unsafe.Pointer)(unsafe.Pointer(&address))})
}

func (m *Memory) insert(s span) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.after(s.lo)
	m.spans = append(m.spans, span{})
	copy(m.spans[i+1:], m.spans[i:])
	m.spans[i] = s
}

// Remove takes away what was added at address p; an error says that nothing was.
func (m *Memory) Remove(p uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.after(p) - 1
	if i < 0 || m.spans[i].lo != p {
		return fmt.Errorf("no memory begins at %#x", p)
	}
	m.spans = append(m.spans[:i], m.spans[i+1:]...)
	return nil
}

// after is the number of spans that begin at p or before.
func (m *Memory) after(p uint64) int {
	return sort.Search(len(m.spans), func(i int) bool { return m.spans[i].lo > p })
}

// find gives the span that holds n bytes at p. Launches hold the lock.
func (m *Memory) find(p, n uint64) (span, bool) {
	i := m.after(p) - 1
	if i < 0 || m.spans[i].at(p, n) == nil {
		return span{}, false
	}
	return m.spans[i], true
}

// describe says where an address lies that no span holds.
func (m *Memory) describe(p uint64) string {
	i := m.after(p) - 1
	text := "no memory lies before it"
	if i >= 0 {
		s := m.spans[i]
		if p < s.hi {
			text = fmt.Sprintf("it is %d bytes before the end of an allocation of %d", s.hi-p, s.hi-s.lo)
		} else {
			text = fmt.Sprintf("it is %d bytes past the end of an allocation of %d", p-s.hi, s.hi-s.lo)
		}
	}
	if i+1 < len(m.spans) {
		text += fmt.Sprintf(", %d bytes before the next", m.spans[i+1].lo-p)
	}
	return text
}
