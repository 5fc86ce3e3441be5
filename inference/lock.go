package inference

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"
)

// lockFile is held by the process that writes to a folder. The system lets go of
// it when that process ends, however it ends; the file itself stays.
const lockFile = ".lock"

// ErrInUse is the error of a folder that another process writes to.
var ErrInUse = errors.New("the folder is in use")

// A Lock keeps other processes from writing to a folder.
type Lock struct {
	held *flock.Flock // nil where the file system has no locks
	path string
}

// LockFolder takes a folder, which must be there, for this process alone, and
// finishes or clears away what a process that was killed left half done. It does
// not wait: if the folder is taken, the error is ErrInUse and says by whom.
func LockFolder(dir string) (*Lock, error) {
	path := filepath.Join(dir, lockFile)
	lock, err := tryLock(path)
	for err == nil && !lock.Holds() { // who had it has removed it meanwhile
		lock.Release()
		lock, err = tryLock(path)
	}
	switch {
	case errors.Is(err, ErrInUse):
		return nil, fmt.Errorf("%w: %s is being written by %s", ErrInUse, dir, holder(path))
	case err != nil:
		return nil, &SaveError{"lock " + dir, err}
	}
	syncAbove(dir)
	if err := settle(dir); err != nil {
		lock.Release()
		return nil, &SaveError{"take up " + dir, err}
	}
	os.WriteFile(path, []byte(thisProcess()), 0o666) // where the disk is full others are told less, that is all
	sweep(dir)
	return lock, nil
}

// tryLock locks a file, which it makes if need be. It may be one that has just lost
// its name.
func tryLock(path string) (*Lock, error) {
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() { // it will be written to
		return nil, &fs.PathError{Op: "lock", Path: path, Err: errors.New("it is not a plain file: take it away")}
	}
	l := flock.New(path, flock.SetPermissions(0o666))
	switch free, err := l.TryLock(); {
	case errors.Is(err, errors.ErrUnsupported):
		return &Lock{nil, path}, nil
	case err != nil:
		return nil, err
	case !free:
		return nil, ErrInUse
	}
	return &Lock{l, path}, nil
}

// Holds reports whether the lock is of the folder that has its name now: that which
// was locked may have been moved, or the lock's file removed.
func (l *Lock) Holds() bool {
	if l == nil || l.held == nil {
		return true
	}
	own, err := l.held.Stat()
	now, gone := os.Lstat(l.path)
	return err == nil && gone == nil && os.SameFile(own, now)
}

// Release lets other processes have the folder.
func (l *Lock) Release() error {
	if l == nil || l.held == nil {
		return nil
	}
	return l.held.Unlock()
}

// Discard releases the folder and leaves no trace: it was made for nothing.
func (l *Lock) Discard() error {
	if l == nil {
		return nil
	}
	return errors.Join(os.Remove(l.path), l.Release())
}

// thisProcess is the process as others are told of it.
func thisProcess() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("process %d on %s", os.Getpid(), cmp.Or(host, "this machine"))
}

// holder is who has a lock.
func holder(path string) string {
	who, _ := os.ReadFile(path)
	return cmp.Or(strings.TrimSpace(string(who)), "another process")
}

// sweep removes what saves that were cut short have left.
func sweep(dir string) {
	for _, name := range append(runFiles, commitFile) {
		os.Remove(filepath.Join(dir, temporary(name)))
	}
}

// IsLeftover reports whether a file in a folder is there for the locks and saves
// of runs alone: a folder of such files is as good as empty.
func IsLeftover(name string) bool {
	return name == lockFile || strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".part")
}

// HoldsRun reports whether a folder holds a run.
func HoldsRun(dir string) bool {
	_, err := readFile(dir, runFile)
	return err == nil
}
