package kernel

import "golang.org/x/sys/unix"

// adviseHuge asks for huge pages. It is no matter if there are none.
func adviseHuge(memory []byte) { _ = unix.Madvise(within(memory), unix.MADV_HUGEPAGE) }
