package inference

import "ssmc/runtime"

// mostListed is the size up to which a parameter is listed with its values.
const mostListed = 9

// A Value is a small parameter of a model with its numbers, as the model uses
// them: between its bounds.
type Value struct {
	Name   string `json:"name"`
	Dims   []int  `json:"dims,omitempty"`
	Values []Real `json:"values"` // row-major
}

// Estimates is the learned parameters of the model itself that have at most 9
// numbers and no posterior, in the order of the program.
func (r *Run) Estimates() []Value { return estimates(r.Params) }

func estimates(p *runtime.Params[float32]) (out []Value) {
	for i, q := range p.List {
		if q.Guide || q.Fixed || q.Belief != nil || q.NaturalSize() > mostListed {
			continue
		}
		v := Value{Name: q.Name, Dims: q.Dims}
		for _, x := range q.Natural(wide(p.Get(i))) {
			v.Values = append(v.Values, Real(x))
		}
		out = append(out, v)
	}
	return out
}

// Natural is the values of parameter i as the model uses them.
func (r *Run) Natural(i int) []float64 { return r.Params.List[i].Natural(wide(r.Params.Get(i))) }
