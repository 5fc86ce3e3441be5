package op

// Whole reports whether a spec takes in sequences as wholes, so that it means
// something else of their pieces.
func Whole(s Spec) bool {
	switch s.(type) {
	case Edge, Kalman, Chain, Ancestors:
		return true
	}
	return false
}
