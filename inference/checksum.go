package inference

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"slices"

	"github.com/nlpodyssey/safetensors"
)

// sumKey is what the checksum of a file of tensors is called in its header.
const sumKey = "sha256"

// checksum is the SHA-256 of the tensors of a run: the mark of the run, and of each
// tensor, in the order of their names, its name, type, shape and data.
func checksum[V safetensors.View](run string, tensors map[string]V) string {
	h := sha256.New()
	number := func(n uint64) { binary.Write(h, binary.LittleEndian, n) }
	text := func(s string) {
		number(uint64(len(s)))
		io.WriteString(h, s)
	}
	text(run)
	for _, name := range slices.Sorted(maps.Keys(tensors)) {
		t := tensors[name]
		text(name)
		number(uint64(t.DType()))
		number(uint64(len(t.Shape())))
		for _, d := range t.Shape() {
			number(d)
		}
		h.Write(t.Data())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// viewsOf is the tensors of a file, by name.
func viewsOf(st safetensors.SafeTensors) map[string]safetensors.TensorView {
	out := map[string]safetensors.TensorView{}
	for _, t := range st.Tensors() {
		out[t.Name] = t.TensorView
	}
	return out
}
