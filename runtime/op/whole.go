package op

import "slices"

// Whole reports whether a spec takes in sequences as wholes, so that it means
// something else of their pieces.
func Whole(s Spec) bool {
	switch s.(type) {
	case Edge, Kalman, Chain, Ancestors:
		return true
	}
	return false
}

// Couples reports whether what some sequences of a batch give, or their gradient,
// depends on others. The cost, a Total, is but a sum over them.
func Couples(s Spec, in []Shape, out Shape) bool {
	many := func(s Shape) bool { return s.Axis != Once }
	switch s := s.(type) {
	case Total:
		return false
	case Gate:
		return many(in[1])
	case *Scan:
		return slices.ContainsFunc(s.Body, func(st Step) bool { return Couples(st.Spec, s.shapes(st.In), st.Out) })
	}
	return out.Axis == Once && slices.ContainsFunc(in, many)
}

// shapes is those of the values that are numbered so.
func (s *Scan) shapes(values []int) []Shape {
	shapes := make([]Shape, len(values))
	for i, v := range values {
		shapes[i] = s.Value(v)
	}
	return shapes
}
