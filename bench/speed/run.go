package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A runner is one way of doing a work.
type runner struct {
	impl    string // ssmc, or one of the peer's: fused, plain
	threads int
}

// runners are run in turn, so that what slows the machine down slows all.
var runners = []runner{
	{"ssmc", 1}, {"fused", 1}, {"plain", 1},
	{"ssmc", 2}, {"fused", 2}, {"plain", 2},
}

// A result is what a run took.
type result struct {
	Seconds float64 `json:"epoch_seconds"`
	Millis  float64 `json:"update_ms"`
	Bytes   float64 `json:"peak_resident_bytes"`
	OfPeak  float64 `json:"percent_of_peak"` // of ssmc
	Machine string  `json:"machine"`         // of ssmc
}

// A row is the results of a work, round by round.
type row struct {
	name string
	runs map[runner][]result
}

// measureAll does all rounds of all work.
func (f *flags) measureAll(list []work) (rows []row, err error) {
	for i, w := range list {
		r := row{w.name, map[runner][]result{}}
		for round := range f.rounds {
			for _, by := range runners {
				begin := time.Now()
				x, err := f.measure(w, by)
				if err != nil {
					return rows, fmt.Errorf("%s, %s on %d threads: %w", w.name, by.impl, by.threads, err)
				}
				r.runs[by] = append(r.runs[by], x)
				fmt.Fprintf(os.Stderr, "%d/%d %s, round %d: %s on %d threads, %.3f s an epoch, %.1f ms an update (%.0f s)\n",
					i+1, len(list), w.name, round+1, by.impl, by.threads, x.Seconds, x.Millis, time.Since(begin).Seconds())
				if err := f.note(w, by, x); err != nil {
					return rows, err
				}
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// note adds a run to the log, if there is to be one.
func (f *flags) note(w work, by runner, x result) error {
	if f.log == "" {
		return nil
	}
	log, err := os.OpenFile(f.log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	return json.NewEncoder(log).Encode(struct {
		Work    string `json:"work"`
		By      string `json:"by"`
		Threads int    `json:"threads"`
		result
	}{w.name, by.impl, by.threads, x})
}

// measure runs a work once.
func (f *flags) measure(w work, by runner) (result, error) {
	c, parse := exec.Command(f.python, f.peerArgs(w, by)...), parsePeer
	if by.impl == "ssmc" {
		c, parse = exec.Command(f.ssmc, f.ssmcArgs(w, by)...), parseSSMC
	}
	var told bytes.Buffer
	c.Stderr = &told
	out, err := c.Output()
	if err != nil {
		return result{}, fmt.Errorf("%w\n%s", err, told.Bytes())
	}
	return parse(out)
}

// ssmcArgs asks for the order that the peer has.
func (f *flags) ssmcArgs(w work, by runner) []string {
	args := append([]string{"bench", "--json", "--set", "order=shuffle", "--threads", strconv.Itoa(by.threads)}, w.ssmc...)
	if f.updates > 0 {
		return append(args, "--updates", strconv.Itoa(f.updates))
	}
	return append(args, "--seconds", fmt.Sprint(f.seconds))
}

// peerArgs leaves validation out, as it is by default. The peer's first update
// does not count.
func (f *flags) peerArgs(w work, by runner) []string {
	args := append([]string{f.peer, "--impl", by.impl, "--threads", strconv.Itoa(by.threads), "--order", "shuffle"}, w.peer...)
	if f.updates > 0 {
		return append(args, "--epochs", "1000000", "--steps", strconv.Itoa(f.updates+1))
	}
	return append(args, "--epochs", strconv.Itoa(f.epochs))
}

// parseSSMC reads what ssmc bench --json prints.
func parseSSMC(out []byte) (x result, err error) {
	if err := json.Unmarshal(out, &x); err != nil {
		return x, fmt.Errorf("read the output of ssmc: %w", err)
	}
	return x, nil
}

// peerLine is the peer's last line.
var peerLine = regexp.MustCompile(`median step ([0-9.]+) ms wall.*median epoch ([0-9.]+) s wall.*peak RSS ([0-9]+) MB`)

// parsePeer reads what the peer prints.
func parsePeer(out []byte) (x result, err error) {
	m := peerLine.FindSubmatch(out)
	if m == nil {
		return x, fmt.Errorf("read the output of the peer: there is no line of medians in\n%s", out)
	}
	for i, to := range []*float64{&x.Millis, &x.Seconds, &x.Bytes} {
		if *to, err = strconv.ParseFloat(string(m[i+1]), 64); err != nil {
			return x, fmt.Errorf("read the output of the peer: %w", err)
		}
	}
	x.Bytes *= 1 << 20
	return x, nil
}

// median is that of what of says of the runs by a runner.
func (r *row) median(by runner, of func(result) float64) float64 {
	var list []float64
	for _, x := range r.runs[by] {
		list = append(list, of(x))
	}
	slices.Sort(list)
	n := len(list)
	return (list[(n-1)/2] + list[n/2]) / 2
}
