package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// milestones are the epochs at which the guides are compared on the way.
var milestones = []int{100, 200, 300, 400, 500, 600, 800, 1000, 1500, schedule}

// A curve is the least validation bound of a run up to each epoch with a validation.
type curve struct {
	epochs []int
	bounds []float64
}

// readCurve is that of the run in a folder, empty where there is none.
func readCurve(dir string) (c curve, err error) {
	file, err := os.Open(filepath.Join(dir, "metrics.jsonl"))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		var m struct {
			Epoch int
			Valid *float64
		}
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			return c, fmt.Errorf("read the metrics in %s: %w", dir, err)
		}
		if m.Valid != nil {
			c.add(m.Epoch, *m.Valid)
		}
	}
	return c, lines.Err()
}

func (c *curve) add(epoch int, bound float64) {
	if n := len(c.bounds); n > 0 {
		bound = min(bound, c.bounds[n-1])
	}
	c.epochs, c.bounds = append(c.epochs, epoch), append(c.bounds, bound)
}

// at is the least bound up to an epoch, if the run got so far and was validated by then.
func (c *curve) at(epoch int) (bound float64, reached bool) {
	n := len(c.epochs)
	if n == 0 || c.epochs[0] > epoch || c.epochs[n-1] < epoch {
		return 0, false
	}
	for i, e := range c.epochs {
		if e <= epoch {
			bound = c.bounds[i]
		}
	}
	return bound, true
}

// curves is a table of how the runs of the guides came to their bounds, of those
// there are: it compares them at the same epoch while some have not ended.
func (f *flags) curves() (string, error) {
	var rows []string
	for _, c := range cells {
		if c.table != "guides" {
			continue
		}
		k, err := readCurve(f.dir(&c))
		if err != nil {
			return "", err
		}
		if len(k.epochs) > 0 {
			rows = append(rows, fmt.Sprintf("| %s |%s\n", c.name, k.cells()))
		}
	}
	if rows == nil {
		return "", nil
	}
	head, rule := "| guide |", "|---|"
	for _, e := range milestones {
		head, rule = head+fmt.Sprintf(" %d |", e), rule+"---|"
	}
	return "\n**Least validation bound of the guides after so many epochs, annealed over 5,000 updates (417 epochs)**\n\n" +
		head + "\n" + rule + "\n" + strings.Join(rows, ""), nil
}

// cells are the bounds at the milestones.
func (c *curve) cells() string {
	var b strings.Builder
	for _, e := range milestones {
		if bound, reached := c.at(e); reached {
			fmt.Fprintf(&b, " %.3f |", bound)
		} else {
			b.WriteString(" |")
		}
	}
	return b.String()
}
