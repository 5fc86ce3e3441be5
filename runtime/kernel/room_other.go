//go:build !linux

package kernel

// adviseHuge leaves it to the system.
func adviseHuge(memory []byte) { _ = within(memory) }
