package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ssmc/inference"
	"ssmc/models"
	"ssmc/runtime"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/agree"
)

// A deviceCheck is a model that a GPU and the CPU are compared on, and the lengths of
// its batches' sequences.
type deviceCheck struct {
	model, guide string
	batches      [][]int
}

// deviceChecks is the paper's model at its real sizes with each cell and each guide, and
// all models that come with the program, on few sequences.
func deviceChecks() (list []deviceCheck) {
	for i, given := range []string{"z[t-1], x[t:T]", "z[t-1], x[1:t]", "z[t-1], x[1:T]", "x[1:t]", "x[t:T]", "x[1:T]"} {
		for j, cell := range []string{"lstm", "gru", "rnn"} {
			if i > 0 && i%3 != j { // the first guide, the paper's DKS, with all cells
				continue
			}
			guide := fmt.Sprintf("q(z[t] | %s) with rnn=%s(600), dropout=0.1", given, cell)
			list = append(list, deviceCheck{"polyphonic", guide, [][]int{raggedLengths(20, 20)}})
		}
	}
	for _, name := range models.Names() {
		list = append(list, deviceCheck{name, "", [][]int{{4, 3, 1}, {2}}})
	}
	return list
}

// raggedLengths is n lengths, about so many steps each, the longest first.
func raggedLengths(n, steps int) []int {
	lens := make([]int, n)
	for i := range lens {
		lens[i] = max(1, steps+n/4-i/2)
	}
	return lens
}

// What may come of a check.
const (
	agreed   = "ok"
	differed = "differs"
	failed   = "failed"
	noKernel = "no kernel"
)

// A deviceRecord is what came of a check.
type deviceRecord struct {
	Model     string  `json:"model"`
	Guide     string  `json:"guide,omitempty"`
	Precision string  `json:"precision"`
	Result    string  `json:"result"`               // ok, differs, failed, or no kernel
	Run       float64 `json:"gap,omitempty"`        // worst of terms, cost and gradient: agree.Gap.Far
	Update    float64 `json:"gap_update,omitempty"` // and of what an update moves
	Why       string  `json:"why,omitempty"`
	Seconds   float64 `json:"seconds"`
}

// check compares the GPU with the CPU in each precision, and prints a line each. Models
// that need more than a GPU can are named, and are no failure.
func (c *devicesCmd) check(g *globals, list []deviceCheck) error {
	defer g.heedSignals()()
	compiled, err := g.compileChecks(list)
	if err != nil {
		return err
	}
	host := inference.NewCPU(0)
	defer host.Close()
	bad := 0
	for _, p := range c.Precision {
		d, err := gpu.Open(0, gpu.Precision(p))
		if err != nil {
			return err
		}
		bad += c.checkAll(g, d, host, list, compiled, gpu.Precision(p))
		d.Close()
		if err := g.ctx.Err(); err != nil {
			return err
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d comparisons of the GPU with the CPU failed", bad, len(list)*len(c.Precision))
	}
	return nil
}

func (g *globals) compileChecks(list []deviceCheck) (compiled []*runtime.Model, err error) {
	for _, k := range list {
		p, err := g.compile(request{model: k.model, guide: k.guide})
		if err != nil {
			return nil, err
		}
		compiled = append(compiled, p.Model)
	}
	return compiled, nil
}

// checkAll does all checks in one precision, until it is interrupted, and counts those
// that fail.
func (c *devicesCmd) checkAll(g *globals, d *gpu.Device, host *inference.CPU, list []deviceCheck, compiled []*runtime.Model, precision gpu.Precision) (bad int) {
	for i, k := range list {
		if g.ctx.Err() != nil {
			return bad
		}
		begin := time.Now()
		compared, err := compareDevices(compiled[i], d, precision, host, k.batches)
		r := checked(compared, err, precision)
		r.Model, r.Guide, r.Precision, r.Seconds = k.model, k.guide, string(precision), time.Since(begin).Seconds()
		if r.Result == differed || r.Result == failed {
			bad++
		}
		r.print(g)
	}
	return bad
}

// checked judges a comparison. What Adam moves by may be off by twice as much as the
// gradient, and by the norm that this is clipped to.
func checked(c agreement, err error, precision gpu.Precision) deviceRecord {
	const moved = 4
	tolerance := agree.Tolerance[precision]
	var lacks *gpu.Unsupported
	switch {
	case errors.As(err, &lacks):
		return deviceRecord{Result: noKernel, Why: err.Error()}
	case err != nil:
		return deviceRecord{Result: failed, Why: err.Error()}
	}
	r := deviceRecord{Result: agreed, Run: finite(c.run.Far(precision)), Update: finite(c.update.Far(precision))}
	switch {
	case c.run.Far(precision) > tolerance:
		r.Result, r.Why = differed, c.run.String()
	case c.update.Far(precision) > moved*tolerance:
		r.Result, r.Why = differed, "after an update: "+c.update.String()
	}
	return r
}

// finite is a gap as JSON can have it.
func finite(gap float64) float64 { return min(gap, 1e9) }

func (r *deviceRecord) print(g *globals) {
	if g.JSON {
		json.NewEncoder(g.out).Encode(r) // a reader that went away shows at the next line
		return
	}
	what := r.Model
	if r.Guide != "" {
		what += " " + r.Guide
	}
	if r.Result == agreed {
		fmt.Fprintf(g.out, "%-9s %s  %s: largest gap %.1e, of an update %.1e; %.1f s\n", r.Result, r.Precision, what, r.Run, r.Update, r.Seconds)
		return
	}
	fmt.Fprintf(g.out, "%-9s %s  %s: %s\n", r.Result, r.Precision, what, r.Why)
}
