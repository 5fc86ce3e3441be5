// Package ptxtest runs programs of package ptx on an emulated card, for tests.
package ptxtest

import (
	_ "embed"
	"encoding/binary"
	"runtime"
	"unsafe"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptxemu"
)

//go:generate go run ../../kernels/gen -dir .

//go:embed gen_module.ptx
var kernel string

// block is the threads of a block.
const block = 64

// Text is the module of programs, as the driver takes it.
func Text(programs []ptx.Program) string { return ptx.Join(kernel, programs) }

// A Card holds programs that are ready to run.
type Card struct{ run *ptxemu.Function }

// Load prepares programs. The error says what the emulator does not take.
func Load(programs []ptx.Program) (*Card, error) {
	m, err := ptxemu.Load(Text(programs))
	if err != nil {
		return nil, err
	}
	f, err := m.Function("run")
	return &Card{f}, err
}

// An Array is rows of numbers, LD apart from each other.
type Array struct {
	Data []float32
	LD   int
}

// Run runs a program over rows lo to hi in so many blocks of 64 threads. The arrays
// are those of its arguments and then of its outputs.
func (c *Card) Run(program, lo, hi, blocks int, arrays ...Array) error {
	var mem ptxemu.Memory
	table := make([]byte, 0, 16*len(arrays))
	added := map[uint64]bool{}
	for _, a := range arrays {
		p := uint64(uintptr(unsafe.Pointer(unsafe.SliceData(a.Data))))
		if !added[p] {
			added[p] = true
			mem.Add(bytesOf(a.Data))
		}
		table = binary.LittleEndian.AppendUint64(table, p)
		table = binary.LittleEndian.AppendUint64(table, uint64(a.LD))
	}
	params := binary.LittleEndian.AppendUint64(nil, mem.Add(table))
	for _, v := range []int{program, lo, hi} {
		params = binary.LittleEndian.AppendUint32(params, uint32(v))
	}
	err := c.run.Launch(&mem, ptxemu.Grid{blocks, 1, 1}, ptxemu.Block{block, 1, 1}, 0, params)
	runtime.KeepAlive(arrays)
	return err
}

func bytesOf(x []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}
