//go:build unix

package kernel

import "golang.org/x/sys/unix"

// Preemptions returns how often the system has taken a core from a thread of
// this program that could have gone on.
func Preemptions() int64 {
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return int64(use.Nivcsw)
}
