//go:build unix && !linux

package main

import "testing"

// smallDisk is for Linux alone.
func smallDisk(t *testing.T, _ string) string {
	t.Skip("disks can be made on Linux alone")
	return ""
}

// readOnly is for Linux alone.
func readOnly(string, bool) error { return nil }
