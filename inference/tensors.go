package inference

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"unsafe"

	"github.com/nlpodyssey/safetensors"
)

// A tensor is an array as the safetensors format has it.
type tensor struct {
	kind safetensors.DType
	dims []uint64
	data []byte // little-endian
}

func (t tensor) DType() safetensors.DType { return t.kind }
func (t tensor) Shape() []uint64          { return t.dims }
func (t tensor) Data() []byte             { return t.data }
func (t tensor) DataLen() uint64          { return uint64(len(t.data)) }

func newTensor(values []float32, dims ...int) tensor {
	t := tensor{kind: safetensors.F32, dims: []uint64{}} // a number has no dimensions, which is not null
	for _, d := range dims {
		t.dims = append(t.dims, uint64(d))
	}
	t.data = littleEndian(values)
	return t
}

// newText is a tensor of the bytes of a text.
func newText(text []byte) tensor {
	return tensor{safetensors.U8, []uint64{uint64(len(text))}, text}
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

// openTensors reads the header of a file of tensors, and what it says of them.
func openTensors(file []byte) (safetensors.SafeTensors, map[string]string, error) {
	st, err := safetensors.Deserialize(file)
	if err != nil {
		return st, nil, err
	}
	_, meta, err := safetensors.ReadMetadata(file)
	return st, meta.Metadata(), err
}

// decode reads tensors that encode wrote for a run.
func decode(file []byte, run string) (safetensors.SafeTensors, error) {
	st, meta, err := openTensors(file)
	if err == nil && meta["run"] != run {
		err = fmt.Errorf("it is of run %s, not %s", meta["run"], run)
	}
	return st, err
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
