package fakecuda

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"ssmc/runtime/gpu/ptxemu"
)

// request is what the library asks of the interpreter; it is that of fake.h.
type request struct {
	what     int32
	_        int32
	text     *byte
	id       uint64
	address  uint64
	bytes    uint64
	grid     [3]int32
	block    [3]int32
	params   *byte
	function *function
	log      *byte
	logSize  uint64
}

const maxParams = 64

// function is what the library must know of a kernel; it is that of fake.h.
type function struct {
	id         uint64
	name       [128]byte
	params     int32
	offset     [maxParams]int32
	size       [maxParams]int32
	shared     int32
	maxThreads int32
	cluster    [3]int32
	_          int32 // what launches may add, which the library keeps
}

// What a request asks for, and what is answered, as in fake.h.
const (
	load = iota + 1
	unload
	find
	launch
	alloc
	free
)

const (
	ok             = 0
	invalidValue   = 1
	invalidPTX     = 218
	notFound       = 500
	illegalAddress = 700
	launchFailed   = 719
)

// interpreter runs the kernels of the library.
type interpreter struct {
	mu      sync.Mutex
	memory  ptxemu.Memory
	next    uint64
	modules map[uint64]*ptxemu.Module
	kernels map[uint64]*ptxemu.Function
}

func newInterpreter() *interpreter {
	return &interpreter{modules: map[uint64]*ptxemu.Module{}, kernels: map[uint64]*ptxemu.Function{}}
}

// answer does what the library asks, and gives a CUresult.
func (in *interpreter) answer(r *request) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch r.what {
	case load:
		return in.load(r)
	case unload:
		delete(in.modules, r.id)
		return ok
	case find:
		return in.find(r)
	case launch:
		return in.launch(r)
	case alloc:
		in.memory.AddAt(r.address, int(r.bytes))
		return ok
	case free:
		if in.memory.Remove(r.address) != nil {
			return invalidValue
		}
		return ok
	}
	return invalidValue
}

func (in *interpreter) load(r *request) int {
	m, err := ptxemu.Load(string(unsafe.Slice(r.text, r.bytes)))
	if err != nil {
		r.say("ptxas error: %v", err)
		return invalidPTX
	}
	in.next++
	r.id = in.next
	in.modules[r.id] = m
	return ok
}

func (in *interpreter) find(r *request) int {
	m := in.modules[r.id]
	if m == nil {
		return invalidValue
	}
	f, err := m.Function(text(r.function.name[:]))
	if err != nil || len(f.Params) > maxParams {
		return notFound
	}
	in.next++
	in.kernels[in.next] = f
	to := r.function
	to.id, to.params, to.shared, to.maxThreads = in.next, int32(len(f.Params)), int32(f.SharedBytes), int32(f.MaxThreads)
	for i, p := range f.Params {
		to.offset[i], to.size[i] = int32(p.Offset), int32(p.Size)
	}
	for i, c := range f.Cluster {
		to.cluster[i] = int32(c)
	}
	return ok
}

func (in *interpreter) launch(r *request) int {
	f := in.kernels[r.id]
	if f == nil {
		return invalidValue
	}
	size := 0
	if n := len(f.Params); n > 0 {
		size = f.Params[n-1].Offset + f.Params[n-1].Size
	}
	err := f.Launch(&in.memory, ptxemu.Grid(ints(r.grid)), ptxemu.Block(ints(r.block)), int(r.bytes), unsafe.Slice(r.params, size))
	switch {
	case err == nil:
		return ok
	case errors.Is(err, ptxemu.ErrAccess):
		r.say("%v", err)
		return illegalAddress
	}
	r.say("%v", err)
	return launchFailed
}

func ints(v [3]int32) [3]int { return [3]int{int(v[0]), int(v[1]), int(v[2])} }

// say writes to the log of a request as much as it holds.
func (r *request) say(format string, args ...any) {
	if r.log == nil || r.logSize == 0 {
		return
	}
	log := unsafe.Slice(r.log, r.logSize)
	n := copy(log[:len(log)-1], fmt.Sprintf(format, args...))
	log[n] = 0
}

func text(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
