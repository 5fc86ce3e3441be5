package gpu

import (
	"errors"
	"fmt"

	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/gpu/kernels"
)

// A Placed is where one op of a graph is computed.
type Placed struct {
	Op    string // by name
	Pos   string // where in the program it came from
	Back  bool   // its gradient
	Where string // product, loop over time, element-wise, rows, or missing
	How   string // more about it
}

// The places of ops.
const (
	OnProduct = "product"
	InLoop    = "loop over time"
	AsProgram = "element-wise"
	OnRows    = "rows"
	Missing   = "no kernel"
)

// Placement is where the ops of a form of m's bound would be computed on a GPU, in
// order, and whether all have a kernel. It needs no GPU.
func Placement(m *runtime.Model, spec runtime.Spec) (list []Placed, complete bool, err error) {
	host, err := cpu.New(m, spec, runtime.ZeroParams[float32](m.Params), nil, true)
	if err != nil {
		return nil, false, err
	}
	plan := host.Schedule()
	p := lower(&plan.Schedule, 1)
	for _, s := range append(append([]step{}, p.forward...), p.backward...) {
		placed := Placed{Op: s.name, Pos: s.pos, Back: s.back}
		placed.Where, placed.How = s.where()
		if n := len(list); n == 0 || list[n-1] != placed {
			list = append(list, placed)
		}
	}
	for _, err := range p.unsupported {
		var u *Unsupported
		if errors.As(err, &u) {
			list = append(list, Placed{Op: u.Op, Pos: u.Pos, Where: Missing, How: u.Why})
		}
	}
	if spec.Carry {
		list = append(list, Placed{Op: "carry=true", Where: Missing})
	}
	return list, len(p.unsupported) == 0 && !spec.Carry, nil
}

// where is the kind of kernel that a step is computed by.
func (s *step) where() (place, how string) {
	if s.loop != nil {
		products, waits := 0, 1
		for i, in := range s.loop.body {
			if in.code == kernels.Affine {
				products++
			}
			if s.loop.sync[i] {
				waits++
			}
		}
		return InLoop, fmt.Sprintf("%d ops, of which %d products, and %d waits at each time", len(s.loop.body), products, waits)
	}
	switch s.instr.code {
	case kernels.Gemm, kernels.GemmWeights:
		return OnProduct, ""
	case kernels.Map:
		return AsProgram, ""
	}
	return OnRows, ""
}
