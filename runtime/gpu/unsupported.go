package gpu

import "fmt"

// Unsupported says which op has no kernel here.
type Unsupported struct {
	Op, Pos string
	Why     string // more about it, or empty
}

// Error names the op, where it comes from, and what to do.
func (e *Unsupported) Error() string {
	text := fmt.Sprintf("%s has no GPU kernel yet", e.Op)
	if e.Pos != "" {
		text = e.Pos + ": " + text
	}
	if e.Why != "" {
		text += " " + e.Why
	}
	return text + ": use --device cpu"
}
