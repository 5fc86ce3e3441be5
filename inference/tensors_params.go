package inference

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/nlpodyssey/safetensors"

	"ssmc/runtime"
)

// rawPrefix is what the name of a transformed parameter has before it where its
// numbers on the real line are kept, which go back to the last bit.
const rawPrefix = "raw/"

// encodeParams writes parameters under their names, with their shapes, as the
// model uses them. Those that are transformed are also written as they are learned.
func encodeParams(w io.Writer, p *runtime.Params[float32], run string) error {
	tensors, bounds := map[string]tensor{}, map[string]string{}
	for i, q := range p.List {
		if !q.Transformed() {
			tensors[q.Name] = newTensor(p.Get(i), q.Dims...)
			continue
		}
		tensors[q.Name] = newTensor(natural(q, p.Get(i)), q.Dims...)
		tensors[rawPrefix+q.Name] = newTensor(p.Get(i), q.RawDims()...)
		bounds[q.Name] = q.Transform.String()
	}
	meta := map[string]string{"run": run}
	if len(bounds) > 0 {
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(bounds); err != nil {
			return err
		}
		meta["bounds"] = strings.TrimSpace(text.String())
		meta["about"] = "values are as the model uses them; " + rawPrefix + "NAME has the numbers on the real line that NAME, which is bounded, comes from"
	}
	return encode(w, tensors, meta)
}

// natural is the values of a parameter that the model uses.
func natural(q runtime.Param, raw []float32) []float32 { return narrow(q.Natural(wide(raw))) }

func wide(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// decodeParams reads the parameters in list.
func decodeParams(file []byte, list []runtime.Param, run string) (*runtime.Params[float32], error) {
	st, err := decode(file, run)
	if err != nil {
		return nil, err
	}
	if err := haveRoom(list, len(file)); err != nil {
		return nil, err
	}
	p := runtime.ZeroParams[float32](list)
	for i, q := range list {
		if err := readParam(p.Get(i), st, q); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// haveRoom reports parameters that a file of so many bytes cannot hold, before
// there is memory for them.
func haveRoom(list []runtime.Param, bytes int) error {
	for _, q := range list {
		n := q.NaturalSize()
		if n > bytes/4 {
			return fmt.Errorf("%s is %v, more than the file holds", q.Name, q.Dims)
		}
		bytes -= 4 * n
	}
	return nil
}

// readParam reads one parameter. Its numbers on the real line are read where
// they are those of its values: who edits a value means the value.
func readParam(dst []float32, st safetensors.SafeTensors, q runtime.Param) error {
	if !q.Transformed() {
		return read(dst, st, q.Name, q.Dims...)
	}
	value := make([]float32, q.NaturalSize())
	if err := read(value, st, q.Name, q.Dims...); err != nil {
		return err
	}
	if _, kept := st.Tensor(rawPrefix + q.Name); kept {
		if err := read(dst, st, rawPrefix+q.Name, q.RawDims()...); err != nil {
			return err
		}
		if allSame(value, natural(q, dst)) {
			return nil
		}
	}
	raw, err := q.Raw(wide(value))
	if err != nil {
		return fmt.Errorf("%s %w", q.Name, err)
	}
	copy(dst, narrow(raw))
	for _, x := range dst {
		if math.IsInf(float64(x), 0) || math.IsNaN(float64(x)) {
			return fmt.Errorf("%s has a value at the end of what it may be, and must be %s", q.Name, q.Transform)
		}
	}
	return nil
}

// allSame reports whether values are equal but for what machines differ in exp.
func allSame(a, b []float32) bool {
	for i, x := range a {
		d := math.Abs(float64(x) - float64(b[i]))
		if x != b[i] && !(d <= 1e-6*math.Abs(float64(x))) && !(x != x && b[i] != b[i]) {
			return false
		}
	}
	return true
}
