package gpu

import (
	"fmt"

	"ssmc/runtime"
	"ssmc/runtime/gpu/driver"
	"ssmc/runtime/gpu/kernels"
	"ssmc/runtime/op"
	"ssmc/runtime/schedule"
)

// kept is a data set on the device, from which batches are gathered there.
type kept struct {
	values, present [][]float32 // by port, here
	at, presentAt   []driver.Pointer
}

// Keep gives the machine the rows of all sequences, port by port.
func (x *Machine) Keep(values, present [][]float32) error {
	x.device.mu.Lock()
	defer x.device.mu.Unlock()
	k := &kept{values: values, present: present}
	err := x.device.ctx.Do(func() (err error) {
		if k.at, err = x.bring(values); err != nil {
			return err
		}
		k.presentAt, err = x.bring(present)
		return err
	})
	if err != nil {
		return fmt.Errorf("bring the data to %s: %w", x.device.info.Name, err)
	}
	x.drop()
	x.kept = k
	return nil
}

// drop forgets the build, which was for other data or another rule.
func (x *Machine) drop() {
	if x.built != nil {
		x.built.free()
		x.built = nil
	}
}

// bring uploads lists of numbers; those that are nil are nowhere.
func (x *Machine) bring(lists [][]float32) ([]driver.Pointer, error) {
	at := make([]driver.Pointer, len(lists))
	for i, v := range lists {
		if len(v) == 0 {
			continue
		}
		p, err := x.device.ctx.Alloc(4 * len(v))
		if err != nil {
			return at, err
		}
		if at[i] = p; x.device.ctx.Upload(p, bytesOf(v)) != nil {
			return at, err
		}
	}
	return at, nil
}

// gather is the steps that take a batch from the data set.
func (b *build) gather() []step {
	k := b.x.kept
	if k == nil {
		return nil
	}
	var list []step
	for _, in := range b.x.plan.Inputs {
		at := k.source(in)
		if at == 0 {
			continue
		}
		set := &schedule.Array{Shape: in.Shape, Kind: schedule.Given}
		b.given[set] = at
		list = append(list, step{name: "data", instr: columns(kernels.Port, in.Shape, in.Shape.Cols, whole(in.Array), whole(set))})
	}
	return list
}

// source is where the data of an input are, or zero.
func (k *kept) source(in schedule.Input) driver.Pointer {
	switch in.Source.Kind {
	case op.Data:
		return k.at[in.Index]
	case op.Present:
		return k.presentAt[in.Index]
	}
	return 0
}

// keep fills what says that values are present where all of a port's are.
func (b *build) keep() error {
	for _, in := range b.x.plan.Inputs {
		if in.Source.Kind != op.Present || b.x.kept == nil || b.x.kept.presentAt[in.Index] != 0 {
			continue
		}
		if err := b.x.device.ctx.Fill(b.given[in.Array], one, b.rows(in.Shape)*in.Shape.Cols); err != nil {
			return err
		}
	}
	return nil
}

// one is the bits of 1.
const one = 0x3f800000

// batch is b with its data, gathered here.
func (k *kept) batch(ports []runtime.Port, b *runtime.Batch) *runtime.Batch {
	full := *b
	full.Data, full.Present = make([][]float32, len(ports)), make([][]float32, len(ports))
	for i, p := range ports {
		full.Data[i] = pick(p, k.values[i], b)
		if k.present[i] != nil {
			full.Present[i] = pick(p, k.present[i], b)
		}
	}
	return &full
}

// pick is the rows of a batch, packed.
func pick(p runtime.Port, all []float32, b *runtime.Batch) []float32 {
	var out []float32
	row := func(r int) { out = append(out, all[r*p.Cols:(r+1)*p.Cols]...) }
	if p.Static {
		for _, s := range b.Index {
			row(s)
		}
		return out
	}
	for t := range b.Lens[0] {
		for s := 0; s < len(b.Lens) && b.Lens[s] > t; s++ {
			row(b.Rows[s] + t)
		}
	}
	return out
}
