package gpu

import (
	"errors"
	"fmt"

	"ssmc/runtime"
	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// A trainer moves the parameters where the machine computes.
type trainer struct {
	rule      runtime.Rule
	slots     []*schedule.Array
	at        []driver.Pointer // of the slots
	penalties []step
	move      []step
	count     int // updates so far
}

// flat is n numbers, one a row.
func flat(n int) op.Shape { return op.Static(n, 1) }

// updates are the codes of the optimisers.
var updates = map[string]kernels.Code{"adam": kernels.Adam, "rmsprop": kernels.RMSProp, "sgd": kernels.SGD}

// newTrainer lowers the penalties and the optimiser.
func newTrainer(rule runtime.Rule, params *runtime.Params[float32], p *program) (*trainer, error) {
	code, ok := updates[rule.Kind]
	if !ok {
		return nil, fmt.Errorf("optimizer %q has no GPU kernel", rule.Kind)
	}
	n := len(params.Values)
	t := &trainer{rule: rule}
	i := columns(code, flat(n), 1, whole(p.values)).with(0, n)
	for k := range rule.Slots() {
		s := &schedule.Array{Shape: flat(n), Kind: schedule.Given}
		t.slots = append(t.slots, s)
		i.a[1+k] = whole(s)
	}
	i.a[3], i.a[4] = whole(p.gradient), p.normView()
	i.f = rests(rule)
	t.move = []step{{name: rule.Kind, instr: i}}
	t.penalties = penalties(rule, params, p)
	return t, nil
}

// rests is what the optimisers' kernels are given of their decays.
func rests(r runtime.Rule) [2]float64 {
	switch r.Kind {
	case "adam":
		return [2]float64{1 - r.Decay1, 1 - r.Decay2}
	case "rmsprop":
		return [2]float64{1 - r.Decay1, r.Decay2}
	}
	return [2]float64{0, r.Decay1}
}

// penalties adds the gradients of the penalties.
func penalties(rule runtime.Rule, params *runtime.Params[float32], p *program) []step {
	var list []step
	for i, q := range params.List {
		if q.Fixed || rule.L1[i] == 0 && rule.L2[i] == 0 {
			continue
		}
		off, n := params.Off[i], q.Size()
		in := columns(kernels.Penalty, flat(n), 1, part(p.gradient, off, n), part(p.values, off, n)).with(0, n)
		in.f = [2]float64{rule.L2[i], rule.L1[i]}
		list = append(list, step{name: "penalty", instr: in})
	}
	return list
}

// part is n numbers of a flat array, from one on.
func part(a *schedule.Array, off, n int) view {
	return whole(&schedule.Array{Shape: flat(n), Kind: schedule.View, Of: a, At: off})
}

// next is how far the next update goes.
func (t *trainer) next(rate float64) move {
	m := move{rate: rate, eps: t.rule.Eps, clip: t.rule.Clip}
	if t.rule.Kind == "adam" {
		c := kernel.AdamStep(rate, t.rule.Decay1, t.rule.Decay2, t.rule.Eps, t.count+1)
		m.rate, m.eps = c.Step, c.Eps
	}
	return m
}

// Train says how Update moves the parameters, whose present values it takes, as it
// does the optimiser's state after so many updates: one vector a slot, or nil.
func (x *Machine) Train(rule runtime.Rule, updates int, slots [][]float32) error {
	t, err := newTrainer(rule, x.params, x.program)
	if err != nil {
		return err
	}
	t.count = updates
	x.device.mu.Lock()
	defer x.device.mu.Unlock()
	return x.device.ctx.Do(func() error {
		if err := x.settle(t, slots); err != nil {
			return fmt.Errorf("bring the optimizer to %s: %w", x.device.info.Name, err)
		}
		x.drop()
		x.trainer = t
		return nil
	})
}

// settle brings parameters and slots to the device, where they stay.
func (x *Machine) settle(t *trainer, slots [][]float32) error {
	ctx, n := x.device.ctx, len(x.params.Values)
	v, err := x.device.valuesOf(x.params)
	if err != nil {
		return err
	}
	if err := ctx.Upload(v.at, bytesOf(x.params.Values)); err != nil {
		return err
	}
	v.there = true
	for k := range t.slots {
		p, err := ctx.Alloc(4 * n)
		if err != nil {
			return err
		}
		t.at = append(t.at, p)
		if slots == nil {
			err = ctx.Fill(p, 0, n)
		} else {
			err = ctx.Upload(p, bytesOf(slots[k]))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Update runs a batch and moves the parameters against the gradient plus r.Scale
// times the penalties, at a learning rate. It gives the norm of that gradient; where
// it is not finite, nothing moves and there is an error.
func (x *Machine) Update(b *runtime.Batch, r runtime.Run, rate float64) (norm float64, err error) {
	if x.trainer == nil {
		return 0, errors.New("the machine was not told how to move the parameters")
	}
	r.Grad = true
	if err := x.run(b, r, forms{grad: true, train: true}, x.trainer.next(rate)); err != nil {
		return x.norm, err
	}
	x.trainer.count++
	return x.norm, nil
}

// Fetch sets the parameters' values here, and the slots' unless they are nil, to
// those there.
func (x *Machine) Fetch(slots [][]float32) error {
	x.device.mu.Lock()
	defer x.device.mu.Unlock()
	if err := x.fetchValues(); err != nil {
		return err
	}
	return x.device.ctx.Do(func() error {
		for k := range slots {
			if err := x.device.ctx.Download(bytesOf(slots[k]), x.trainer.at[k]); err != nil {
				return err
			}
		}
		return nil
	})
}
