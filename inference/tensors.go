package inference

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"unsafe"

	"github.com/nlpodyssey/safetensors"

	"ssmc/inference/optim"
)

// A tensor is an array as the safetensors format has it.
type tensor struct {
	dims []uint64
	data []byte // float32, little-endian
}

func (t tensor) DType() safetensors.DType { return safetensors.F32 }
func (t tensor) Shape() []uint64          { return t.dims }
func (t tensor) Data() []byte             { return t.data }
func (t tensor) DataLen() uint64          { return uint64(len(t.data)) }

func newTensor(values []float32, dims ...int) tensor {
	t := tensor{dims: []uint64{}} // a number has no dimensions, which is not null
	for _, d := range dims {
		t.dims = append(t.dims, uint64(d))
	}
	t.data = littleEndian(values)
	return t
}

// littleEndian is the bytes of values: their own memory where the machine's byte
// order is that of the format, for parameters are large.
func littleEndian(values []float32) []byte {
	if len(values) > 0 && binary.NativeEndian.Uint16([]byte{1, 0}) == 1 {
		return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), 4*len(values))
	}
	b := make([]byte, 0, 4*len(values))
	for _, x := range values {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

// encode writes tensors with what is to be said of them, as the mark of their run.
func encode(w io.Writer, tensors map[string]tensor, meta map[string]string) error {
	return safetensors.SerializeToWriter(tensors, meta, w)
}

// decode reads tensors that encode wrote for a run.
func decode(file []byte, run string) (safetensors.SafeTensors, error) {
	st, err := safetensors.Deserialize(file)
	if err != nil {
		return st, err
	}
	_, meta, err := safetensors.ReadMetadata(file)
	if err != nil {
		return st, err
	}
	if of := meta.Metadata()["run"]; of != run {
		return st, fmt.Errorf("it is of run %s, not %s", of, run)
	}
	return st, nil
}

// read copies the tensor called name, which must have the given dimensions.
func read(dst []float32, st safetensors.SafeTensors, name string, dims ...int) error {
	view, ok := st.Tensor(name)
	if !ok {
		return fmt.Errorf("there is no %s", name)
	}
	same := slices.EqualFunc(view.Shape(), dims, func(a uint64, b int) bool { return a == uint64(b) })
	if view.DType() != safetensors.F32 || !same {
		return fmt.Errorf("%s is %v %v, want F32 %v", name, view.DType(), view.Shape(), dims)
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(view.Data()[4*i:]))
	}
	return nil
}

// encodeSnapshot writes flat vectors: the current parameters, the optimiser's
// state, numbered to keep its order, and what is carried over cuts.
func encodeSnapshot(w io.Writer, s *snapshot, run string) error {
	tensors := map[string]tensor{"values": newTensor(s.values, len(s.values))}
	for i, slot := range s.slots {
		tensors[slotName(i, slot.Name)] = newTensor(slot.Values, len(slot.Values))
	}
	for _, c := range s.carried {
		tensors[carryName(c)] = newTensor(c.Rows, len(c.Rows))
	}
	return encode(w, tensors, map[string]string{"run": run})
}

func slotName(i int, name string) string { return fmt.Sprintf("slot.%d.%s", i, name) }

// decodeSnapshot reads vectors of n values, and the named slots.
func decodeSnapshot(file []byte, n int, slots []string, run string) (*snapshot, error) {
	st, err := decode(file, run)
	if err != nil {
		return nil, err
	}
	s := &snapshot{values: make([]float32, n)}
	if err := read(s.values, st, "values", n); err != nil {
		return nil, err
	}
	for i, name := range slots {
		slot := optim.Slot{Name: name, Values: make([]float32, n)}
		if err := read(slot.Values, st, slotName(i, name), n); err != nil {
			return nil, err
		}
		s.slots = append(s.slots, slot)
	}
	s.carried, err = decodeCarried(st)
	return s, err
}
