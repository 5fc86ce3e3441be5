package main

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
)

// forgetResident begins to count the largest resident memory anew, where the
// system can (Linux: proc(5), clear_refs).
func forgetResident() {
	debug.FreeOSMemory()
	if f, err := os.OpenFile("/proc/self/clear_refs", os.O_WRONLY, 0); err == nil {
		f.WriteString("5") // may fail: then it counts from the start of the program
		f.Close()
	}
}

// mostResident is the bytes of memory that the program held at most, as the
// system counts them, or 0 where it does not tell.
func mostResident() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kilobytes, _ := strconv.Atoi(fields[0]) // 0 where it is no number
	return kilobytes << 10
}
