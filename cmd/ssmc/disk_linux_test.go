package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk is a disk of two megabytes, in memory. Only root may make one.
func smallDisk(t *testing.T, dir string) string {
	t.Helper()
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=2m,mode=0777"); err != nil {
		t.Skip("no disk can be made here (TestFileTooLarge and TestNoPermission cause such faults without):", err)
	}
	t.Cleanup(func() { syscall.Unmount(disk, syscall.MNT_DETACH) })
	return disk
}

// readOnly makes a disk read-only, or writable again. It fails while a file of it
// is being written.
func readOnly(disk string, yes bool) error {
	flags := uintptr(syscall.MS_REMOUNT)
	if yes {
		flags |= syscall.MS_RDONLY
	}
	return syscall.Mount("tmpfs", disk, "tmpfs", flags, "size=2m,mode=0777")
}
