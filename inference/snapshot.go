package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"ssmc/inference/optim"
	"ssmc/runtime"
)

// A snapshot is what a fit needs to go on as if it had never stopped. Random
// numbers need nothing: they are functions of the seed and the update.
type snapshot struct {
	values  []float32         // the current parameters, laid out as Params
	best    []float32         // those of the best validation, or nil
	good    []float32         // those that an update went well with, of late, or nil
	slots   []optim.Slot      // the optimiser's state
	carried []runtime.Carried // over the cuts of sequences that go on
	progress
}

// progress is the part of a snapshot that is not arrays.
type progress struct {
	Slots   []string `json:"slots"` // the names of the optimiser's vectors, in their order
	Stale   int      `json:"stale"` // validations without improvement
	Total   int      `json:"total"` // updates in all epochs
	Cut     int      `json:"cut"`   // updates of the second half whose gradient was clipped
	CutFrom int      `json:"cut_from"`
	Beta    Real     `json:"beta"` // weight of the KL terms in the last update
	Rate    Real     `json:"lr"`   // of the last update
	Epoch   tally    `json:"epoch"`
	Good    int      `json:"good"` // updates before that which went well
	Owed    bool     `json:"owed"` // what is due after the last update is not done
}

// snapshotFormat is the version of the layout of checkpoints.
const snapshotFormat = "2"

// The tensors of a checkpoint beside the slots and what is carried: it holds all
// of a run, so that it can be used with no other file.
const (
	valuesTensor   = "values"
	bestTensor     = "best"
	goodTensor     = "good"
	recordTensor   = "record"   // run.json
	textTensor     = "text"     // model.ssm
	metricsTensor  = "metrics"  // metrics.jsonl
	progressTensor = "progress" // as JSON
)

// encodeCheckpoint writes a run with its snapshot, whose record and metrics are
// encoded already.
func encodeCheckpoint(w io.Writer, r *Run, record, metrics []byte) error {
	s := r.snapshot
	p, err := json.Marshal(s.progress)
	if err != nil {
		return err
	}
	tensors := map[string]tensor{
		valuesTensor: newTensor(s.values, len(s.values)), progressTensor: newText(p),
		recordTensor: newText(record), metricsTensor: newText(metrics), textTensor: newText([]byte(r.Text)),
	}
	for name, x := range map[string][]float32{bestTensor: s.best, goodTensor: s.good} {
		if x != nil {
			tensors[name] = newTensor(x, len(x))
		}
	}
	for i, slot := range s.slots {
		tensors[slotName(i, slot.Name)] = newTensor(slot.Values, len(slot.Values))
	}
	for _, c := range s.carried {
		tensors[carryName(c)] = newTensor(c.Rows, len(c.Rows))
	}
	return encode(w, tensors, map[string]string{"run": r.ID, "format": snapshotFormat, sumKey: checksum(r.ID, tensors)})
}

func slotName(i int, name string) string { return fmt.Sprintf("slot.%d.%s", i, name) }

// decodeCheckpoint reads a run with its snapshot.
func decodeCheckpoint(file []byte) (*Run, error) {
	st, err := openCheckpoint(file)
	if err != nil {
		return nil, err
	}
	rec, err := decodeRecord(textOf(st, recordTensor))
	if err != nil {
		return nil, err
	}
	r := rec.run()
	if err := applyAll(r.Config, rec.Config); err != nil {
		return nil, err
	}
	if r.Metrics, err = decodeMetrics(textOf(st, metricsTensor)); err != nil {
		return nil, err
	}
	r.Text = string(textOf(st, textTensor))
	return r, decodeSnapshot(st, r)
}

// openCheckpoint reads the header of a checkpoint and compares its checksum.
func openCheckpoint(file []byte) (safetensors.SafeTensors, error) {
	st, meta, err := openTensors(file)
	switch {
	case err != nil:
		return st, err
	case meta["format"] != snapshotFormat:
		return st, fmt.Errorf("it has format %q, this program reads %s", meta["format"], snapshotFormat)
	case meta[sumKey] != checksum(meta["run"], viewsOf(st)):
		return st, errors.New("its checksum is wrong")
	}
	return st, nil
}

// isSound reports whether a file is a whole checkpoint of a run.
func isSound(file []byte, run string) bool {
	st, err := openCheckpoint(file)
	if err != nil {
		return false
	}
	rec, err := decodeRecord(textOf(st, recordTensor))
	return err == nil && rec.ID == run
}

// decodeSnapshot reads what the fit of r needs to go on, and its parameters.
func decodeSnapshot(st safetensors.SafeTensors, r *Run) error {
	s := &snapshot{}
	if err := json.Unmarshal(textOf(st, progressTensor), &s.progress); err != nil {
		return err
	}
	if err := fits(r.Params.List, len(textOf(st, valuesTensor))/4); err != nil {
		return err
	}
	if err := s.readArrays(st); err != nil {
		return err
	}
	if err := s.possible(r); err != nil {
		return err
	}
	r.snapshot, r.Params = s, runtime.ZeroParams[float32](r.Params.List)
	copy(r.Params.Values, s.result(r.Config))
	return nil
}

// readArrays reads the arrays of a snapshot, all of them as long as the values.
func (s *snapshot) readArrays(st safetensors.SafeTensors) (err error) {
	n := len(textOf(st, valuesTensor)) / 4
	if s.values, err = readFlat(st, valuesTensor, n); err != nil {
		return err
	}
	for name, x := range map[string]*[]float32{bestTensor: &s.best, goodTensor: &s.good} {
		if _, ok := st.Tensor(name); !ok {
			continue
		}
		if *x, err = readFlat(st, name, n); err != nil {
			return err
		}
	}
	for i, name := range s.Slots {
		values, err := readFlat(st, slotName(i, name), n)
		if err != nil {
			return err
		}
		s.slots = append(s.slots, optim.Slot{Name: name, Values: values})
	}
	s.carried, err = decodeCarried(st)
	return err
}

// possible reports counts of a run that no fit has come to.
func (s *snapshot) possible(r *Run) error {
	done := r.Updates
	for _, c := range []struct {
		what string
		ok   bool
	}{
		{"updates", done >= 0 && r.Epochs >= 0 && r.Epochs <= done},
		{"best", r.Best.Found == (s.best != nil) && r.Best.Update >= 0 && r.Best.Update <= done},
		{"stale", s.Stale >= 0},
		{"cut", s.Cut >= 0 && s.CutFrom >= 0},
		{"good", s.Good >= 0 && s.Good <= done},
		{"rollbacks", !slices.ContainsFunc(r.Rollbacks, func(x Rollback) bool { return !x.possible(done) })},
	} {
		if !c.ok {
			return fmt.Errorf("what it says of %s can't be", c.what)
		}
	}
	return nil
}

// result is the parameters that a fit ends with: the best, if they are wanted.
func (s *snapshot) result(c *Config) []float32 {
	if s.best != nil && c.Stop.Kind == "best" {
		return s.best
	}
	return s.values
}

// fits reports parameters that are not laid out in n numbers.
func fits(list []runtime.Param, n int) error {
	sum := 0
	for _, q := range list {
		natural := 1
		for _, d := range q.Dims {
			if d < 0 || d > 0 && natural > 1<<40/d {
				return fmt.Errorf("%s is %v, which is more than there can be", q.Name, q.Dims)
			}
			natural *= d
		}
		if sum += q.Size(); sum > n {
			break
		}
	}
	if sum > n || len(runtime.ZeroParams[float32](list).Values) != n {
		return fmt.Errorf("its parameters are not those of %d numbers", n)
	}
	return nil
}

// readFlat reads a vector of n numbers.
func readFlat(st safetensors.SafeTensors, name string, n int) ([]float32, error) {
	out := make([]float32, n)
	return out, read(out, st, name, n)
}

// textOf is the bytes of a tensor, or nothing.
func textOf(st safetensors.SafeTensors, name string) []byte {
	view, _ := st.Tensor(name)
	return view.Data()
}
