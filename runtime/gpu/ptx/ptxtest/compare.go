package ptxtest

import (
	"fmt"
	"math"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/scalar"
)

// tolerance is how far a result may be from what float64 gives, in units of Bound:
// four roundings for each operator, as none is off by two units in the last place
// and a half.
const tolerance = 4 * 0x1p-24

// Compare runs a program of one column, all arguments and outputs of which are given
// as a number for each point, and compares with what its formulas are in float64. The
// error tells the point that is off the most.
func (c *Card) Compare(program int, p ptx.Program, in, out [][]float32) error {
	n := len(out[0])
	arrays := make([]Array, 0, len(in)+len(out))
	before := make([][]float32, len(out))
	for _, x := range in {
		arrays = append(arrays, Array{x, 1})
	}
	for i, x := range out {
		before[i] = append(before[i], x...)
		arrays = append(arrays, Array{x, 1})
	}
	if err := c.Run(program, 0, n, 1, arrays...); err != nil {
		return err
	}
	for i, o := range p.Outs {
		for at := range n {
			env := map[string]float64{}
			for k, a := range p.Args {
				env[a.Name] = float64(in[k][at])
			}
			e := o.Expr
			if o.Add {
				env["before"] = float64(before[i][at])
				e = scalar.Add(e, scalar.Var("before"))
			}
			want, bound := Bound(e, env)
			if !near(float64(out[i][at]), want, bound) {
				return fmt.Errorf("output %d, %v, is %v at %v; want %v, within %v", i, e, out[i][at], env, want, bound*tolerance)
			}
		}
	}
	return nil
}

func near(got, want, bound float64) bool {
	rounded := float64(float32(want))
	return got == rounded || got != got && want != want || math.Abs(got-want) <= bound*tolerance+0x1p-149
}

// Bound is the value of a formula, and how much it changes where each number on the
// way to it changes by its own size, to first order: what a rounding of all of them
// does, over the size of a rounding.
func Bound(e *scalar.Expr, env map[string]float64) (value, bound float64) {
	b := bounds{env, map[*scalar.Expr][2]float64{}}
	v := b.of(e)
	return v[0], v[1]
}

type bounds struct {
	env  map[string]float64
	done map[*scalar.Expr][2]float64
}

func (b *bounds) of(e *scalar.Expr) [2]float64 {
	switch e.Op {
	case "num":
		return [2]float64{e.Value, math.Abs(e.Value)}
	case "var":
		return [2]float64{b.env[e.Name], 0}
	}
	if v, ok := b.done[e]; ok {
		return v
	}
	const h = 1e-7
	x, sizes := make([]float64, len(e.Args)), make([]float64, len(e.Args))
	for i, a := range e.Args {
		v := b.of(a)
		x[i], sizes[i] = v[0], v[1]
	}
	value := call(e.Op, x)
	bound := math.Abs(value)
	for i, s := range sizes {
		if s == 0 {
			continue
		}
		was := x[i]
		x[i] += h * s
		bound += math.Abs(call(e.Op, x)-value) / h
		x[i] = was
	}
	b.done[e] = [2]float64{value, bound}
	return b.done[e]
}

func call(f string, x []float64) float64 {
	args := make([]*scalar.Expr, len(x))
	for i, v := range x {
		args[i] = scalar.Num(v)
	}
	return scalar.Call(f, args...).Value
}
