package inference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nlpodyssey/safetensors"

	"ssmc/runtime"
)

// carryPrefix begins the names of what is carried over the cuts of sequences.
const carryPrefix = "carry."

// carryName is the name of what an operation carries of a sequence to a step.
func carryName(c runtime.Carried) string {
	return fmt.Sprintf("%s%d.%d.%d", carryPrefix, c.Op, c.Sequence, c.Step)
}

// decodeCarried reads what a snapshot carries, in the order of operations and
// sequences.
func decodeCarried(st safetensors.SafeTensors) (out []runtime.Carried, err error) {
	for _, name := range st.Names() {
		if !strings.HasPrefix(name, carryPrefix) {
			continue
		}
		var c runtime.Carried
		if _, err := fmt.Sscanf(name, carryPrefix+"%d.%d.%d", &c.Op, &c.Sequence, &c.Step); err != nil {
			return nil, fmt.Errorf("%s names no operation, sequence and step", name)
		}
		view, _ := st.Tensor(name)
		c.Rows = make([]float32, len(view.Data())/4)
		if err := read(c.Rows, st, name, len(c.Rows)); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	slices.SortFunc(out, byOperation)
	return out, nil
}

// byOperation orders what is carried as machines tell it.
func byOperation(a, b runtime.Carried) int {
	if a.Op != b.Op {
		return a.Op - b.Op
	}
	return a.Sequence - b.Sequence
}
