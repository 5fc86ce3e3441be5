package inference

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// The files of a run folder.
const (
	modelFile    = "model.ssm"                     // the program, resolved
	paramsFile   = "params.safetensors"            // the parameters by name: the best
	metricsFile  = "metrics.jsonl"                 // a Metric a line
	drawsFile    = "posterior.csv"                 // draws of parameters with priors
	snapshotFile = "snapshot.safetensors"          // the last checkpoint: all that a fit needs to go on
	previousFile = "snapshot.previous.safetensors" // and the one before it
	runFile      = "run.json"                      // everything else
)

// runFiles is all of them.
var runFiles = []string{runFile, modelFile, paramsFile, metricsFile, drawsFile, snapshotFile, previousFile}

// ErrOccupied is the error of saving over what is not the same run.
var ErrOccupied = errors.New("the folder is occupied")

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
	for _, name := range runFiles {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("%w: %s holds a file %s that is not of this run", ErrOccupied, dir, name)
		}
	}
	return nil
}
