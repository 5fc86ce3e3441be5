//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// endGently makes the end of a command's context a SIGTERM, at which a fit saves
// itself. It is out of reach of the terminal's Ctrl-C, which would be a second
// signal and end it at once.
func endGently(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
}
