package inference

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The files of a run folder.
const (
	modelFile    = "model.ssm"            // the program, resolved
	paramsFile   = "params.safetensors"   // the parameters by name
	metricsFile  = "metrics.jsonl"        // a Metric a line
	drawsFile    = "posterior.csv"        // draws of parameters with priors
	snapshotFile = "snapshot.safetensors" // what a fit needs to go on
	runFile      = "run.json"             // everything else
)

// ErrOccupied is the error of saving over what is not the same run.
var ErrOccupied = errors.New("the folder is occupied")

// A file is one that is to be written.
type file struct {
	name  string
	write func(io.Writer) error
}

// textFile is the file of a text.
func textFile(name string, text []byte) file {
	return file{name, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}}
}

// writeFiles writes files into a folder, all under temporary names first: what
// is there under the right names is whole at any time.
func writeFiles(dir string, files []file) (err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var made []string
	defer func() {
		for _, name := range made {
			os.Remove(name) // those that were not renamed
		}
	}()
	for _, f := range files {
		name, err := writeTemporary(dir, f)
		if err != nil {
			return err
		}
		made = append(made, name)
	}
	for i, f := range files {
		if err := os.Rename(made[i], filepath.Join(dir, f.name)); err != nil {
			return err
		}
	}
	return nil
}

// writeTemporary writes f under another name, through to the disk.
func writeTemporary(dir string, f file) (name string, err error) {
	name = filepath.Join(dir, "."+f.name+".part")
	t, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o666)
	if err != nil {
		return name, err
	}
	return name, errors.Join(f.write(t), t.Sync(), t.Close())
}

// checkFree refuses a folder that holds another run, or other files that a run
// would overwrite.
func checkFree(dir, id string) error {
	old, err := readRunFile(dir)
	if err == nil && old.ID == id {
		return nil
	}
	if err == nil {
		return fmt.Errorf("%w: %s holds run %s of %s", ErrOccupied, dir, old.ID, old.Model)
	}
	for _, name := range []string{runFile, modelFile, paramsFile, metricsFile, drawsFile, snapshotFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%w: %s holds a file %s that is not of this run", ErrOccupied, dir, name)
		}
	}
	return nil
}
