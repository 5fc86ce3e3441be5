// Command speed times updates of ssmc beside those of a peer that computes the
// same models, and prints what each takes as a table in Markdown. The peer is a
// Python script of the flags of run.go; nothing else may run meanwhile.
//
//	go build -o ssmc ./cmd/ssmc
//	go run ./bench/speed -peer torch_dmm.py -data poly -out speed.md
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// flags is what the command line says.
type flags struct {
	ssmc, peer, python string
	data               string
	only               string
	rounds, epochs     int
	seconds            float64
	updates            int
	out, log           string
}

func main() {
	var f flags
	flag.StringVar(&f.ssmc, "ssmc", "./ssmc", "the program")
	flag.StringVar(&f.peer, "peer", os.Getenv("PEER"), "the peer's script; by default what the variable PEER names")
	flag.StringVar(&f.python, "python", "python3", "what runs it")
	flag.StringVar(&f.data, "data", os.Getenv("DATA"), "a folder of folders jsb, nottingham and musedata; those that it lacks are left out")
	flag.StringVar(&f.only, "only", "", "names of work, as a regular expression: ^jsb lstm")
	flag.IntVar(&f.rounds, "rounds", 3, "how often each is run, all in turn; medians are told")
	flag.IntVar(&f.epochs, "epochs", 3, "of the peer in a run; the first does not count")
	flag.Float64Var(&f.seconds, "seconds", 5, "of ssmc in a run, in whole epochs")
	flag.IntVar(&f.updates, "updates", 0, "time so many updates, not epochs, to try things out")
	flag.StringVar(&f.out, "out", "", "file for the table, beside the standard output")
	flag.StringVar(&f.log, "log", "", "file for each run, a line of JSON")
	flag.Parse()
	if err := f.run(); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

// run measures all work and writes the table.
func (f *flags) run() error {
	only, err := regexp.Compile(f.only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if f.peer == "" {
		return fmt.Errorf("-peer: the path of the peer's script is needed")
	}
	linear, err := f.simulate()
	if err != nil {
		return err
	}
	defer os.RemoveAll(linear)
	var list []work
	for _, w := range works(f.data, linear) {
		if only.MatchString(w.name) {
			list = append(list, w)
		}
	}
	rows, err := f.measureAll(list)
	if err != nil {
		return err
	}
	text := markdown(rows, f.updates > 0)
	fmt.Print(text)
	if f.out == "" {
		return nil
	}
	return os.WriteFile(f.out, []byte(text), 0o666)
}

// simulate draws the data of linear.ssm into a folder of its own.
func (f *flags) simulate() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "speed"); err != nil {
		return "", err
	}
	out, err := exec.Command(f.ssmc, "simulate", linearModel, "--out", filepath.Join(dir, "linear")).CombinedOutput()
	if err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("simulate: %w\n%s", err, out)
	}
	return dir, nil
}
