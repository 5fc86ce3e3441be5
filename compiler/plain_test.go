package compiler

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"ssmc/compiler/ir"
	"ssmc/runtime"
	"ssmc/runtime/cpu"
	"ssmc/runtime/op"
)

// A plain evaluates nodes of a batch by ir.Interpreter: one sequence, one time
// and one number after another, the twin of fusion, scans, packing and all
// kernels. Noise is data to it.
type plain struct {
	params *runtime.Params[float64]
	model  *runtime.Model
	batch  *runtime.Batch
	layout *op.Layout
	each   []*ir.Interpreter // [B]
}

func newPlain(m *runtime.Model, params *runtime.Params[float64], batch *runtime.Batch) *plain {
	p := &plain{params: params, model: m, batch: batch, layout: op.NewLayout(batch.Lens)}
	for b, n := range batch.Lens {
		x := ir.NewInterpreter(func(n *ir.Node, t int) []float64 { return p.input(n, b, t) })
		x.Begin(n)
		p.each = append(p.each, x)
	}
	return p
}

// at is a node's row for sequence b at time t, both from 0; of a static array,
// all of its numbers.
func (p *plain) at(n *ir.Node, b, t int) []float64 { return p.each[b].At(n, t) }

func (p *plain) input(n *ir.Node, b, t int) []float64 {
	if n.Source.Kind == op.Param {
		for i, q := range p.model.Params {
			if q.Name == n.Source.Name {
				return p.params.Get(i)
			}
		}
	}
	for i, q := range p.model.Ports {
		if q.Name != n.Source.Name {
			continue
		}
		row, from := b, p.batch.Data[i]
		if !q.Static {
			row += p.layout.Off[t]
		}
		if n.Source.Kind == op.Present {
			from = p.batch.Present[i]
		}
		out := make([]float64, q.Cols)
		for j := range out {
			out[j] = float64(from[row*q.Cols+j])
		}
		return out
	}
	panic("no input " + n.Source.Name)
}

// noiseAsData lets a program read its noise from the batch.
func noiseAsData(p *Program) {
	seen := map[string]bool{}
	ir.Visit(p.unit.roots(p.unit.sampled, p.unit.terms), func(n *ir.Node) {
		if n.Source == nil || n.Source.Kind != op.Noise {
			return
		}
		n.Source.Kind, n.Source.Name = op.Data, "noise "+n.Source.Name
		if !seen[n.Source.Name] {
			seen[n.Source.Name] = true
			p.Model.Ports = append(p.Model.Ports, runtime.Port{Name: n.Source.Name, Kind: runtime.Real, Cols: n.Shape.Cols, Static: n.Shape.Axis == op.Seq})
		}
	})
}

// TestPlain compares every term of whole bounds with the plain twin, frame by
// frame, in float64: both are exact to rounding, over sums of some dozens.
func TestPlain(t *testing.T) {
	for _, cell := range testedCells() {
		text := strings.Replace(small, "CELL", cell, 1)
		for _, guide := range append(structureNames(), "G", "auto", "q(z[t])", "q(z[t] | z[t-1], x[t:T], u[t], s) with combine=prior", "q(z[t] | z[t+1], x[1:t], s)", "q(z[t] | z[t-1], x[t:T]) with family=mvnormal", "q(z[t]) with family=mvnormal", "q(z[t] | x[1:T]) with family=mvnormal", "q(z[t] | z[t-2:t-1], x[t-1:T], n[t:T])", "q(z[t] | x[t+1], c[t], u[1:t], y[1:T]) with combine=concat") {
			t.Run(cell+"/"+guide, func(t *testing.T) { checkPlain(t, load(t, text, guide)) })
		}
	}
}

func checkPlain(t *testing.T, prog *Program) {
	noiseAsData(prog)
	m := prog.Model
	b := invent(m, []int{5, 3, 3, 1}, rand.New(rand.NewPCG(5, 6)))
	params := runtime.NewParams[float64](m.Params, 1)
	p := newPlain(m, params, b)
	for _, sampled := range []bool{false, true} {
		x, err := cpu.New(m, runtime.Spec{Sampled: sampled, Latents: true}, params, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Run(b, runtime.Run{K: 1, Coef: coefficients(x.Terms(), 1)}); err != nil {
			t.Fatal(err)
		}
		terms := prog.unit.terms
		if sampled {
			terms = prog.unit.sampled
		}
		for i, term := range terms {
			p.compare(t, term, x.Term(i))
		}
		for i, z := range prog.unit.samplesOf() {
			p.compare(t, z, x.Latent(i))
		}
	}
}

// compare compares the rows of a node on a machine with its twin.
func (p *plain) compare(t *testing.T, term Term, rows []float64) {
	t.Helper()
	cols := term.node.Shape.Cols
	want := p.layout.N
	if term.node.Shape.Axis == op.Seq {
		want = p.layout.B
	}
	if len(rows) != want*cols {
		t.Fatalf("%s has %d numbers, want %d", term.Name, len(rows), want*cols)
	}
	for i, got := range rows {
		at := 0
		for i/cols >= p.layout.Off[at+1] {
			at++
		}
		want := p.at(term.node, i/cols-p.layout.Off[at], at)[i%cols]
		if math.Abs(got-want) > 1e-10*(1+math.Abs(want)) {
			t.Fatalf("%s, sequence %d, time %d: %v, want %v", term.Name, i/cols-p.layout.Off[at], at+1, got, want)
		}
	}
}
