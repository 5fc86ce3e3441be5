package inference

import (
	"fmt"
	"math"
	"math/rand/v2"

	"ssmc/inference/data"
	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// fakeDevice computes one model by hand: x[t] ~ Normal(mu, 1) with the unknown
// mean mu, and a KL term of mu²/2 for each sequence.
type fakeDevice struct {
	before func(r runtime.Run) error // called before each run
}

func (d *fakeDevice) String() string { return "fake" }

func (d *fakeDevice) Pool() *kernel.Pool { return nil }

func (d *fakeDevice) Machine(_ *runtime.Model, _ runtime.Spec, p *runtime.Params[float32], _ bool) (runtime.Machine, error) {
	return &fakeMachine{device: d, params: p}, nil
}

var meanModel = &runtime.Model{
	Name:   "Mean",
	Params: []runtime.Param{{Name: "mu", Init: runtime.Init{Kind: "constant"}}, {Name: "held", Fixed: true, Init: runtime.Init{Kind: "constant", A: 5}}},
	Ports:  []runtime.Port{{Name: "x", Cols: 1, Observed: true}},
}

type fakeMachine struct {
	device *fakeDevice
	params *runtime.Params[float32]
	batch  *runtime.Batch
	run    runtime.Run
	grad   []float32
}

func (m *fakeMachine) Terms() []runtime.Term {
	return []runtime.Term{
		{Kind: runtime.Likelihood, Value: &op.Value{Shape: op.PerFrame(1)}},
		{Kind: runtime.KL, Value: &op.Value{Shape: op.PerSeq(1)}},
	}
}

func (m *fakeMachine) mu() float64 { return float64(m.params.Get(0)[0]) }

func (m *fakeMachine) Run(b *runtime.Batch, r runtime.Run) error {
	m.batch, m.run = b, r
	if m.device.before != nil {
		if err := m.device.before(r); err != nil {
			return err
		}
	}
	m.grad = make([]float32, len(m.params.Values))
	g := 0.0
	for _, x := range b.Data[0] {
		g += r.Coef[0] * (float64(x) - m.mu())
	}
	m.grad[m.params.Off[0]] = float32(r.Scale * (g + r.Coef[1]*float64(len(b.Lens))*m.mu()))
	m.grad[m.params.Off[1]] = 1 // a machine may compute what is not used
	return nil
}

func (m *fakeMachine) Cost() float64 {
	return m.run.Coef[0]*sum(m.Term(0)) + m.run.Coef[1]*sum(m.Term(1))
}

func (m *fakeMachine) Term(i int) []float64 {
	if i == 1 {
		out := make([]float64, len(m.batch.Lens))
		for b := range out {
			out[b] = m.mu() * m.mu() / 2
		}
		return out
	}
	out := make([]float64, len(m.batch.Data[0]))
	for r, x := range m.batch.Data[0] {
		d := float64(x) - m.mu()
		out[r] = -(d*d + math.Log(2*math.Pi)) / 2
	}
	return out
}

func (m *fakeMachine) Sequence(dst []float64, i int) {
	clear(dst)
	k, rows := m.run.K, m.Term(i)
	if i == 1 {
		for j := range dst {
			dst[j] = rows[j/k]
		}
		return
	}
	l := op.NewLayout(m.batch.Lens)
	for t := range l.T {
		for b := range l.Size(t) {
			for s := range k {
				dst[b*k+s] += rows[l.Off[t]+b]
			}
		}
	}
}

func (m *fakeMachine) Bounds([]float64) { panic("the model has no samples to join") }

func (m *fakeMachine) Weighed(i int) float64 { return sum(m.Term(i)) }

func (m *fakeMachine) Latent(int) []float64 { panic("the model has no latents") }

func (m *fakeMachine) Gradient() []float32 { return m.grad }

// normals is a set of sequences of x[t] ~ Normal(mean, 1).
func normals(name string, mean float64, seed uint64, lens ...int) *data.Set {
	vars := []data.Var{{Name: "x", Role: data.Observed, Size: 1}}
	set := &data.Set{Name: name, Vars: vars, Fingerprint: fmt.Sprint("f", seed)}
	r := rand.New(rand.NewPCG(seed, 0))
	for s, n := range lens {
		x := make([]float32, n)
		for t := range x {
			x[t] = float32(mean + r.NormFloat64())
		}
		set.Sequences = append(set.Sequences, data.NewSequence(vars, fmt.Sprint("s", s), n, [][]float32{x}, nil, nil))
	}
	return set
}

// frames is every value of x in a set.
func frames(set *data.Set) (out []float64) {
	for i := range set.Sequences {
		for _, x := range set.Sequences[i].Values(0) {
			out = append(out, float64(x))
		}
	}
	return out
}
