package gpu

import (
	"encoding/binary"

	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
)

// An image is what the kernels of a machine read, as bytes, and where in it
// everything begins. It is uploaded once.
type image struct {
	bytes []byte
	at    driver.Pointer // of the first byte
}

// align makes what comes next begin at a multiple of 16 bytes.
func (m *image) align() driver.Pointer {
	for len(m.bytes)%16 != 0 {
		m.bytes = append(m.bytes, 0)
	}
	return m.at + driver.Pointer(len(m.bytes))
}

// ints adds a table of integers.
func (m *image) ints(list []int) driver.Pointer {
	p := m.align()
	for _, v := range list {
		m.bytes = binary.LittleEndian.AppendUint32(m.bytes, uint32(int32(v)))
	}
	return p
}

// arrays adds a table of arrays.
func (m *image) arrays(a *atlas, list []view) driver.Pointer {
	p := m.align()
	for _, v := range list {
		e := a.encode(v)
		m.bytes = e.Append(m.bytes)
	}
	return p
}

// op is an instr with its tables added.
func (m *image) op(a *atlas, in instr) kernels.Op {
	o := kernels.Op{Code: in.code, Axis: axisOf(in.domain), Rows: int32(in.domain.Rows), Add: int32(flag(in.add)), Arrays: int32(len(in.more))}
	for k, v := range in.n {
		o.N[k] = int32(v)
	}
	for k, v := range in.f {
		o.F[k] = float32(v)
	}
	for k, v := range in.a {
		o.A[k] = a.encode(v)
	}
	if len(in.more) > 0 {
		o.More = uint64(m.arrays(a, in.more))
	}
	if len(in.table) > 0 {
		o.Table = uint64(m.ints(in.table))
	}
	return o
}

// ops adds a table of ops.
func (m *image) ops(list []kernels.Op) driver.Pointer {
	p := m.align()
	for i := range list {
		m.bytes = list[i].Append(m.bytes)
	}
	return p
}

// scan adds a scan with its tables.
func (m *image) scan(s kernels.Scan) driver.Pointer {
	p := m.align()
	m.bytes = s.Append(m.bytes)
	return p
}
