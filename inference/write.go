package inference

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
)

// A file is one that is to be written.
type file struct {
	name  string
	write func(io.Writer) error
	copy  string // if not empty, the name of the file whose contents are taken
}

// textFile is the file of a text.
func textFile(name string, text []byte) file {
	return file{name: name, write: func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}
}

// temporary is the name of a file before it is in place.
func temporary(name string) string { return "." + name + ".part" }

// replaceFile writes one file into a folder, whole or not at all.
func replaceFile(dir string, f file) error {
	name := filepath.Join(dir, temporary(f.name))
	err := writeTemporary(dir, f)
	if err == nil {
		err = os.Rename(name, filepath.Join(dir, f.name))
	}
	if err != nil {
		os.Remove(name)
		return err
	}
	return syncDir(dir)
}

// writeTemporary writes f under another name, through to the disk. One that a
// program left there is taken away, not written over: it may be a second name of
// a file that is good.
func writeTemporary(dir string, f file) error {
	name := filepath.Join(dir, temporary(f.name))
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if f.copy != "" {
		return linkOrCopy(filepath.Join(dir, f.copy), name)
	}
	return writeThrough(name, f.write)
}

// writeThrough writes a file through to the disk.
func writeThrough(name string, write func(io.Writer) error) error {
	t, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(t, 1<<16)
	return closed(t, func() error { return write(w) }, w.Flush, t.Sync)
}

// closed closes a file after some steps, of which the first to fail is the last.
func closed(t *os.File, steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			t.Close()
			return err
		}
	}
	return t.Close()
}

// linkOrCopy gives a file a second name or, where the file system has no such
// thing, a copy.
func linkOrCopy(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return writeThrough(to, textFile("", b).write)
}

// syncDir makes the names in a folder outlive a loss of power. Windows has no
// such call: its file systems see to it themselves.
func syncDir(dir string) error {
	if goruntime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// syncAbove makes the name of a folder outlive a loss of power, and those of the
// folders that it is in, which may be as new. Folders that can't be opened are somebody
// else's, and not new.
func syncAbove(dir string) {
	for up := filepath.Dir(filepath.Clean(dir)); ; up = filepath.Dir(up) {
		_ = syncDir(up)
		if up == filepath.Dir(up) {
			return
		}
	}
}
