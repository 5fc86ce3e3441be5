package main

import "runtime/debug"

// garbage is the share of live memory that may be garbage, in percent. Arrays are
// large and long-lived, and updates leave nothing: collecting early costs little,
// and the usual 100 would nearly double the memory of a fit.
const garbage = 15

// tidy is called once what was compiled and read is in memory, and between a fit
// and its scores. What that has left, in many small pieces, is given back: the
// arrays that come next would find no room among them.
func tidy() {
	debug.SetGCPercent(garbage)
	debug.FreeOSMemory()
}
