package main

import (
	"math"
	"slices"

	"ssmc/inference"
	"ssmc/inference/optim"
	"ssmc/runtime"
	"ssmc/runtime/gpu"
	"ssmc/runtime/gpu/agree"
)

// An agreement is what a GPU and the CPU made of the same model: the worst gaps of
// their runs and of one update.
type agreement struct{ run, update agree.Gap }

// A pairing is a model on both devices, with the same parameters.
type pairing struct {
	model     *runtime.Model
	params    *runtime.Params[float32]
	host      runtime.Machine
	far       *gpu.Machine
	cpu       *inference.CPU
	precision gpu.Precision // of the GPU's products
}

// compareDevices runs batches of sequences of these lengths on both devices, and does
// an update with the first.
func compareDevices(m *runtime.Model, d *gpu.Device, precision gpu.Precision, host *inference.CPU, batches [][]int) (c agreement, err error) {
	p := &pairing{model: m, params: runtime.NewParams[float32](m.Params, 1), cpu: host, precision: precision}
	spec := runtime.Spec{Train: true}
	if p.far, err = d.New(m, spec, p.params, true); err != nil {
		return c, err
	}
	if p.host, err = host.Machine(m, spec, p.params, true); err != nil {
		return c, err
	}
	var gaps []agree.Gap
	for step, lens := range batches {
		b, r := agree.Batch(m, lens), agree.Run(p.host.Terms(), step)
		if err := p.host.Run(b, r); err != nil {
			return c, err
		}
		if err := p.far.Run(b, r); err != nil {
			return c, err
		}
		gaps = append(gaps, agree.Runs(p.params, p.far, p.host, true)...)
	}
	c.run = agree.Worst(gaps, p.precision)
	c.update, err = p.update(batches[0])
	return c, err
}

// penalised is the penalty of the update that is compared: the paper's.
var penalised = []optim.Penalty{{Kind: "l2", Weight: 0.05, On: "*"}}

// rate is large: a move must stand out from the rounding of parameters.
const rate = 0.1

// update does the first update of a fit on both devices, with Adam, l2 and a norm that is
// clipped, and gives the worst gap of the norms and the moves.
func (p *pairing) update(lens []int) (agree.Gap, error) {
	b, r := agree.Batch(p.model, lens), agree.Run(p.host.Terms(), 0)
	if err := p.host.Run(b, r); err != nil {
		return agree.Gap{}, err
	}
	gradient := slices.Clone(p.host.Gradient())
	eps := smoothing(gradient)
	before := slices.Clone(p.params.Values)
	norm, err := p.moveFar(b, r, eps)
	if err != nil {
		return agree.Gap{}, err
	}
	moved := difference(p.params.Values, before)
	copy(p.params.Values, before)
	want, err := p.moveHere(gradient, r.Scale, eps)
	if err != nil {
		return agree.Gap{}, err
	}
	gaps := []agree.Gap{agree.Numbers("the norm of the gradient", []float64{norm}, []float64{want}, agree.Least{})}
	return agree.Worst(append(gaps, agree.Params("the move of ", p.params, moved, difference(p.params.Values, before))...), p.precision), nil
}

// smoothing is Adam's eps for a comparison: the largest number of a gradient once its
// norm is clipped to 1. With the usual one the first move has the same size whatever
// the gradient is, and numbers next to zero, whose sign is a matter of rounding, decide.
func smoothing(gradient []float32) float64 {
	largest, squares := 1e-6, 0.0
	for _, v := range gradient {
		largest = max(largest, math.Abs(float64(v)))
		squares += float64(v) * float64(v)
	}
	return largest / max(1, math.Sqrt(squares))
}

// moveFar does the update on the GPU, and fetches the parameters.
func (p *pairing) moveFar(b *runtime.Batch, r runtime.Run, eps float64) (norm float64, err error) {
	rule := runtime.Rule{Kind: "adam", Decay1: 0.9, Decay2: 0.999, Eps: eps, Clip: 1}
	if rule.L1, rule.L2, err = optim.Weights(p.params.List, penalised); err != nil {
		return 0, err
	}
	if err := p.far.Train(rule, 0, nil); err != nil {
		return 0, err
	}
	if norm, err = p.far.Update(b, r, rate); err != nil {
		return 0, err
	}
	return norm, p.far.Fetch(nil)
}

// moveHere does it here.
func (p *pairing) moveHere(gradient []float32, scale, eps float64) (norm float64, err error) {
	adam := optim.NewAdam(len(p.params.Values), 0.9, 0.999, eps)
	u, err := optim.NewUpdater(p.params, adam, 1, penalised, p.cpu.Pool())
	if err != nil {
		return 0, err
	}
	return u.Update(gradient, scale, rate)
}

func difference(a, b []float32) []float32 {
	d := make([]float32, len(a))
	for i := range d {
		d[i] = a[i] - b[i]
	}
	return d
}
