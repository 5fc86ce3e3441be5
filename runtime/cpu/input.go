package cpu

import (
	"fmt"
	"slices"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
)

// An input fills an array before each run.
type input[F Float] struct {
	*array[F]
	source op.Source
	index  int // of the parameter or port
	number int // of the input: with seed and step it determines noise
	buf    []F // where its numbers are neither those of a batch nor part of the machine's memory
	edge   kernel.Block[F]
}

// addInput makes the array of an input, if anything needs it.
func (c *compiler[F]) addInput(v *op.Value) error {
	if !slices.Contains(c.order, v.Node) {
		return nil
	}
	in := &input[F]{array: c.env.array(v.Shape), source: *v.Source, number: slices.Index(c.graph.Inputs, v)}
	switch v.Source.Kind {
	case op.Param:
		in.index = c.params.Index(v.Source.Name)
	case op.Data, op.Present:
		in.index = slices.IndexFunc(c.model.Ports, func(p runtime.Port) bool { return p.Name == v.Source.Name })
	}
	if in.index < 0 {
		return fmt.Errorf("there is no parameter or port %s", v.Source.Name)
	}
	if v.Source.Kind == op.Param && c.params.List[in.index].Shape() != v.Shape {
		return fmt.Errorf("parameter %s is %v, not %v", v.Source.Name, c.params.List[in.index].Shape(), v.Shape)
	}
	if c.env.carry != nil && v.Source.Kind == op.Noise && v.Shape.Axis == op.Seq {
		return fmt.Errorf("%s is drawn once a sequence, and not for each of its pieces", v.Source.Name)
	}
	if !in.drawn() {
		in.give(nil)
	}
	c.arrays[v.Node] = []*array[F]{in.array}
	c.inputs = append(c.inputs, in)
	return nil
}

// drawn reports whether the numbers are drawn anew at each run, into the
// machine's memory.
func (in *input[F]) drawn() bool {
	switch in.source.Kind {
	case op.Noise, op.Wander, op.Uniform, op.Dropout:
		return true
	}
	return false
}

// load fills the array for a batch.
func (in *input[F]) load(x *Machine[F], b *runtime.Batch, r runtime.Run) error {
	n := in.rows * in.cols
	switch in.source.Kind {
	case op.Param:
		in.give(x.params.Get(in.index))
	case op.Data:
		return in.port(x.env, b.Data)
	case op.Present:
		if in.index >= len(b.Present) || b.Present[in.index] == nil {
			in.give(in.buffer(n))
			fill(in.data, 1)
			return nil
		}
		return in.port(x.env, b.Present)
	case op.Noise, op.Wander:
		in.normals(x.env, r)
	case op.Uniform:
		in.uniforms(x.env, r)
	case op.Dropout:
		in.uniforms(x.env, r)
		in.drop()
	case op.Coef:
		in.give(in.buffer(n))
		for i, v := range r.Coef {
			in.data[i] = F(v)
		}
	}
	return nil
}

func (in *input[F]) buffer(n int) []F {
	in.buf = grow(in.buf, n)
	return in.buf
}

// stream numbers independent streams of noise: a step has room for 2^16 inputs.
func (in *input[F]) stream(r runtime.Run) uint64 { return r.Step<<16 | uint64(in.number) }

// normals draws standard normal numbers; those of a portion are those that the
// whole batch has there.
func (in *input[F]) normals(e *env[F], r runtime.Run) {
	switch {
	case e.portion == nil && len(in.data) >= kernel.RandomBlock:
		kernel.Normals(e.pool, in.data, r.Seed, in.stream(r))
		return
	case e.portion == nil:
		kernel.NormalsFrom(in.data, 0, r.Seed, in.stream(r), &in.edge)
		return
	}
	e.portion.each(e.dims, in.shape, func(at, from, n int) {
		kernel.NormalsFrom(in.data[at*in.cols:][:n*in.cols], from*in.cols, r.Seed, in.stream(r), &in.edge)
	})
}

// uniforms is normals of numbers uniform on (0,1).
func (in *input[F]) uniforms(e *env[F], r runtime.Run) {
	switch {
	case e.portion == nil && len(in.data) >= kernel.RandomBlock:
		kernel.Uniforms(e.pool, in.data, r.Seed, in.stream(r))
		return
	case e.portion == nil:
		kernel.UniformsFrom(in.data, 0, r.Seed, in.stream(r), &in.edge)
		return
	}
	e.portion.each(e.dims, in.shape, func(at, from, n int) {
		kernel.UniformsFrom(in.data[at*in.cols:][:n*in.cols], from*in.cols, r.Seed, in.stream(r), &in.edge)
	})
}

// port shows the values of the port, or a copy if F is not float32 or the machine
// is given a portion of them.
func (in *input[F]) port(e *env[F], ports [][]float32) error {
	rows := e.whole().Rows(in.shape)
	if in.index >= len(ports) || len(ports[in.index]) != rows*in.cols {
		return fmt.Errorf("port %s needs [%d,%d] values in this batch", in.source.Name, rows, in.cols)
	}
	values := ports[in.index]
	if same, ok := any(&values).(*[]F); ok && e.portion == nil {
		in.give(*same)
		return nil
	}
	in.give(in.buffer(in.rows * in.cols))
	e.portion.each(e.dims, in.shape, func(at, from, n int) {
		convert(in.data[at*in.cols:][:n*in.cols], values[from*in.cols:])
	})
	return nil
}

// convert sets dst to the first of the values.
func convert[F Float](dst []F, values []float32) {
	if same, ok := any(dst).([]float32); ok {
		copy(same, values)
		return
	}
	for i := range dst {
		dst[i] = F(values[i])
	}
}

// drop turns uniform numbers into factors: zero with the probability of the
// rate, and else what keeps the mean at one.
func (in *input[F]) drop() {
	rate := F(in.source.Rate)
	kernel.ApplyScalar(kernel.GreaterEq, in.data, in.data, rate)
	kernel.ApplyScalar(kernel.Mul, in.data, in.data, 1/(1-rate))
}
