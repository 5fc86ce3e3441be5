//go:build !unix

package kernel

// Preemptions is not known here: zero.
func Preemptions() int64 { return 0 }
