package cpu

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"ssmc/runtime/op"
)

// A twin computes the values of a scan's body for one sequence by recursion.
type twin struct {
	s      *scan[float64]
	lay    *op.Layout
	inputs []*array[float64]
	b      int
	known  map[[2]int][]float64 // by value and time
}

// row is where the value stands at a time.
func (w *twin) row(v, time int) int {
	switch w.s.values[v].shape.Axis {
	case op.Once:
		return 0
	case op.Seq:
		return w.b
	}
	return w.lay.Off[time] + w.b
}

// value is value v at a time, by definition.
func (w *twin) value(v, time int) []float64 {
	n := len(w.s.spec.Inputs)
	if v < n {
		return w.inputs[v].row(w.row(v, time))
	}
	key := [2]int{v, time}
	if w.known[key] == nil {
		w.known[key] = w.step(w.s.spec.Body[v-n], time)
	}
	return w.known[key]
}

func (w *twin) step(st op.Step, time int) []float64 {
	arg := func(k int) []float64 { return w.value(st.In[k], time) }
	switch s := st.Spec.(type) {
	case op.Lag:
		return w.lag(st, s.By, time)
	case op.Splice:
		if time == s.At {
			return arg(0)
		}
		return arg(1)
	case op.Affine:
		y := make([]float64, st.Out.Cols)
		for j := range y {
			for i, x := range arg(0) {
				y[j] += x * w.inputs[st.In[1]].row(i)[j]
			}
			if len(st.In) == 3 {
				y[j] += arg(2)[j]
			}
		}
		return y
	case *op.Map:
		return w.formula(s, arg)
	case op.Slice:
		return arg(0)[s.Lo:s.Hi]
	case op.Concat:
		return append(append([]float64{}, arg(0)...), arg(1)...)
	case op.Expand:
		return arg(0)
	case *op.Select:
		y := make([]float64, len(s.From))
		for j, i := range s.From {
			if i >= 0 {
				y[j] = arg(0)[i]
			}
		}
		return y
	case op.BatchMul:
		var y mat.Dense
		y.Mul(mat.NewDense(s.M, s.K, arg(0)), matrixOf(s, arg(1)))
		return y.RawMatrix().Data
	case op.Cholesky:
		x, sym := mat.NewDense(s.N, s.N, arg(0)), mat.NewSymDense(s.N, nil)
		for i := range s.N {
			for j := range i + 1 {
				sym.SetSym(i, j, (x.At(i, j)+x.At(j, i))/2)
			}
		}
		var c mat.Cholesky
		c.Factorize(sym)
		var l mat.TriDense
		c.LTo(&l)
		return mat.DenseCopyOf(&l).RawMatrix().Data
	case op.LogSoftmax:
		y, sum := append([]float64{}, arg(0)...), 0.0
		for _, x := range y {
			sum += math.Exp(x)
		}
		for j := range y {
			y[j] -= math.Log(sum)
		}
		return y
	}
	panic(st.Spec.Name())
}

// matrixOf is the second factor of a product.
func matrixOf(s op.BatchMul, x []float64) mat.Matrix {
	if s.TransB {
		return mat.NewDense(s.N, s.K, x).T()
	}
	return mat.NewDense(s.K, s.N, x)
}

func (w *twin) lag(st op.Step, by, time int) []float64 {
	n := w.lay.Len[w.b]
	switch from := time - by; {
	case from >= 0 && from < n:
		return w.value(st.In[0], from)
	case len(st.In) == 2:
		return w.value(st.In[1], time)
	case by > 0:
		return w.value(st.In[0], 0)
	}
	return w.value(st.In[0], n-1)
}

func (w *twin) formula(m *op.Map, arg func(int) []float64) []float64 {
	y := make([]float64, mapWidth(m))
	for j := range y {
		env := map[string]float64{}
		for k, v := range m.Vars {
			env[v.Name] = arg(k)[v.Off+j*min(1, v.Cols-1)]
		}
		y[j] = m.Formula.Eval(env)
	}
	return y
}
