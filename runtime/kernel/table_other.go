//go:build !amd64

package kernel

// vectorTables returns no tables: only amd64 has assembly.
func vectorTables() []*table[float32] { return nil }
