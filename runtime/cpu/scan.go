package cpu

import (
	"fmt"

	"ssmc/runtime/op"
)

// A scan runs its body once for each time in turn. The arrays of the body hold
// every frame, and its operations are those that run whole arrays: each time
// they are given the rows of that time. Steps that no step at another time
// waits for run on all rows at once, before or after the loop.
type scan[F Float] struct {
	*env[F]
	spec   *op.Scan
	frames op.Shape // of any value with a row a frame
	values []*array[F]
	steps  []operation[F]
	before []int // steps, in order
	loop   []int
	after  []int
	gone   []bool // by value: overwritten by the step that reads it
	back   *reversal[F]
}

// newScan makes a scan; spare says which inputs nothing else reads.
func newScan[F Float](e *env[F], spec *op.Scan, in []*array[F], spare []bool) (*scan[F], error) {
	s := &scan[F]{env: e, spec: spec, frames: op.PerFrame(1)}
	if err := s.inspect(); err != nil {
		return nil, err
	}
	s.values = append(s.values, in...)
	s.values = append(s.values, make([]*array[F], len(spec.Body))...)
	for i := range spec.Body {
		if err := s.addStep(i); err != nil {
			return nil, err
		}
	}
	s.closeLoops()
	s.overwriteAddends(spare)
	return s, nil
}

// overwriteAddends has sums y = x W + c computed in the memory of c where
// nothing else reads c.
func (s *scan[F]) overwriteAddends(spare []bool) {
	readers, n := make([]int, len(s.values)), len(s.spec.Inputs)
	s.gone = make([]bool, len(s.values))
	for _, st := range s.spec.Body {
		for _, v := range st.In {
			readers[v]++
		}
	}
	for _, v := range s.spec.Outs {
		readers[v]++
	}
	for i, st := range s.spec.Body {
		a, ok := s.steps[i].(*affine[F])
		if !ok || len(st.In) < 3 || readers[st.In[2]] > 1 {
			continue
		}
		if c := st.In[2]; c < n && spare[c] || c >= n && forgets(s.spec.Body[c-n].Spec) {
			s.gone[c] = a.overwrite()
		}
	}
}

// addStep makes step i. Lags may name later values, which closeLoops fills in.
func (s *scan[F]) addStep(i int) error {
	st := s.spec.Body[i]
	o, err := newOperation(s.env, st.Spec, st.Pos, s.operands(st), st.Out)
	if err != nil {
		return fmt.Errorf("%s: %w", st.Pos, err)
	}
	s.steps = append(s.steps, o)
	s.values[len(s.spec.Inputs)+i] = o.link().out
	return nil
}

func (s *scan[F]) operands(st op.Step) []*array[F] {
	in := make([]*array[F], len(st.In))
	for k, v := range st.In {
		in[k] = s.values[v]
	}
	return in
}

func (s *scan[F]) closeLoops() {
	for i, st := range s.spec.Body {
		copy(s.steps[i].link().in, s.operands(st))
	}
}

// inspect finds out which steps must go through the loop, and whether the loop
// can be run.
func (s *scan[F]) inspect() error {
	for i := range s.spec.Inputs {
		s.see(s.spec.Inputs[i])
	}
	for _, st := range s.spec.Body {
		s.see(st.Out)
	}
	waits, feeds := s.recurrent()
	for i, st := range s.spec.Body {
		v := len(s.spec.Inputs) + i
		switch {
		case !waits[v]:
			s.before = append(s.before, i)
		case feeds[v]:
			s.loop = append(s.loop, i)
		default:
			s.after = append(s.after, i)
		}
		if err := s.checkStep(st, v, waits, feeds); err != nil {
			return fmt.Errorf("%s: %w", st.Pos, err)
		}
	}
	return nil
}

func (s *scan[F]) see(shape op.Shape) {
	if shape.Axis == op.Frame {
		s.frames = shape
	}
}

// checkStep reports operands that do not exist when step v needs them.
func (s *scan[F]) checkStep(st op.Step, v int, waits, feeds []bool) error {
	for k, from := range st.In {
		lag, isLag := st.Spec.(op.Lag)
		switch {
		case from >= v && !(isLag && k == 0):
			return fmt.Errorf("step %s reads a value that is computed after it", st.Spec.Name())
		case isLag && k == 0 && waits[v] && feeds[v] && waits[from] && feeds[from] && ((lag.By > 0) == s.spec.Rev || len(st.In) == 1):
			return fmt.Errorf("a lag by %d reads what the scan has not come to", lag.By)
		}
	}
	return nil
}

// recurrent says of each value whether it waits for one at another time, and
// whether one at another time waits for it.
func (s *scan[F]) recurrent() (waits, feeds []bool) {
	n := len(s.spec.Inputs)
	waits, feeds = make([]bool, n+len(s.spec.Body)), make([]bool, n+len(s.spec.Body))
	for range s.spec.Body { // a lag may wait for a later step
		for i, st := range s.spec.Body {
			for _, v := range st.In {
				waits[n+i] = waits[n+i] || v >= n+i || waits[v]
			}
		}
	}
	for range s.spec.Body {
		for i := len(s.spec.Body) - 1; i >= 0; i-- {
			for _, v := range s.spec.Body[i].In {
				feeds[v] = feeds[v] || v >= n+i || feeds[n+i]
			}
		}
	}
	return waits, feeds
}

// run computes the body's values.
func (s *scan[F]) run() {
	s.whole(s.before)
	lay := s.dims.Layout(s.frames)
	for k := range lay.T {
		t := s.time(lay, k)
		for _, i := range s.loop {
			s.steps[i].forward(lay.Off[t], lay.Off[t+1])
		}
	}
	s.whole(s.after)
}

// whole runs steps over all rows.
func (s *scan[F]) whole(steps []int) {
	for _, i := range steps {
		s.steps[i].forward(0, s.steps[i].link().out.rows)
	}
}

// pull takes the results' gradients to the inputs'.
func (s *scan[F]) pull() { s.back.pull() }

// time is the time that the scan comes to k-th.
func (s *scan[F]) time(lay *op.Layout, k int) int {
	if s.spec.Rev {
		return lay.T - 1 - k
	}
	return k
}

// outs is the arrays of the scan's results.
func (s *scan[F]) outs() []*array[F] {
	var outs []*array[F]
	for _, v := range s.spec.Outs {
		outs = append(outs, s.values[v])
	}
	return outs
}
