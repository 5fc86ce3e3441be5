package inference

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/nlpodyssey/safetensors"

	"ssmc/runtime"
)

// rawPrefix is what the name of a bounded parameter has before it where its
// numbers on the real line are kept, which go back to the last bit.
const rawPrefix = "raw/"

// encodeParams writes parameters under their names, with their shapes, as the
// model uses them. Those that have bounds are also written as they are learned.
func encodeParams(p *runtime.Params[float32], run string) ([]byte, error) {
	tensors, bounds := map[string]tensor{}, map[string]string{}
	for i, q := range p.List {
		if !q.Bounded() {
			tensors[q.Name] = newTensor(p.Get(i), q.Dims...)
			continue
		}
		tensors[q.Name] = newTensor(natural(q, p.Get(i)), q.Dims...)
		tensors[rawPrefix+q.Name] = newTensor(p.Get(i), q.Dims...)
		bounds[q.Name] = boundsText(q)
	}
	meta := map[string]string{"run": run}
	if len(bounds) > 0 {
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(bounds); err != nil {
			return nil, err
		}
		meta["bounds"] = strings.TrimSpace(text.String())
		meta["about"] = "values are as the model uses them; " + rawPrefix + "NAME has those of NAME, which has bounds, on the real line"
	}
	return encode(tensors, meta)
}

// natural is the values of a parameter that the model uses.
func natural(q runtime.Param, raw []float32) []float32 {
	out := make([]float32, len(raw))
	for i, x := range raw {
		out[i] = float32(q.Natural(float64(x)))
	}
	return out
}

// boundsText is a parameter's bounds as a program has them.
func boundsText(q runtime.Param) string {
	switch {
	case q.High == nil:
		return fmt.Sprintf("> %g", *q.Low)
	case q.Low == nil:
		return fmt.Sprintf("< %g", *q.High)
	}
	return fmt.Sprintf("in (%g, %g)", *q.Low, *q.High)
}

// decodeParams reads the parameters in list.
func decodeParams(file []byte, list []runtime.Param, run string) (*runtime.Params[float32], error) {
	st, err := decode(file, run)
	if err != nil {
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

// readParam reads one parameter. Its numbers on the real line are read where
// they are those of its values: who edits a value means the value.
func readParam(dst []float32, st safetensors.SafeTensors, q runtime.Param) error {
	if err := read(dst, st, q.Name, q.Dims...); err != nil || !q.Bounded() {
		return err
	}
	raw := make([]float32, len(dst))
	if _, kept := st.Tensor(rawPrefix + q.Name); kept {
		if err := read(raw, st, rawPrefix+q.Name, q.Dims...); err != nil {
			return err
		}
		if allSame(dst, natural(q, raw)) {
			copy(dst, raw)
			return nil
		}
	}
	for i, x := range dst {
		dst[i] = float32(q.Raw(float64(x)))
		if math.IsNaN(float64(dst[i])) || math.IsInf(float64(dst[i]), 0) {
			return fmt.Errorf("%s has a value of %g, and must be %s", q.Name, x, boundsText(q))
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
