package dist

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"ssmc/runtime/gpu/ptx"
	"ssmc/runtime/gpu/ptx/ptxtest"
	"ssmc/runtime/scalar"
)

// formulas is the formulas of d by what they are.
func formulas(d *Dist) map[string]*scalar.Expr {
	texts := map[string]string{"kl": d.KL, "sample": d.Sample}
	if d.classes == nil {
		texts["log density"] = d.LogProb
	}
	for _, p := range d.Params {
		for _, a := range p.Alts {
			texts["log density by "+a.Name] = a.LogProb
		}
	}
	list := map[string]*scalar.Expr{}
	for name, text := range texts {
		if text != "" {
			list[name] = Formula(text)
		}
	}
	return list
}

// differentiated is f and its derivatives, times d(out), as a GPU is given them.
func differentiated(f *scalar.Expr) ptx.Program {
	p := ptx.Program{Width: 1, Args: []ptx.Arg{{Name: "d(out)"}}, Outs: []ptx.Out{{Expr: f}}}
	for _, v := range f.Vars() {
		p.Args = append(p.Args, ptx.Arg{Name: v})
	}
	for i, g := range f.Gradient(scalar.Var("d(out)"), f.Vars()...) {
		p.Outs = append(p.Outs, ptx.Out{Expr: g, Add: i%2 == 0})
	}
	return p
}

// TestPTX runs the formulas of every distribution and their derivatives as a GPU
// does, and compares with float64.
func TestPTX(t *testing.T) {
	for _, d := range single() {
		t.Run(d.Name, func(t *testing.T) {
			for name, f := range formulas(d) {
				p := differentiated(f)
				card, err := ptxtest.Load([]ptx.Program{p})
				if err != nil {
					t.Fatal(err)
				}
				in, out := pointsOf(d, p)
				if err := card.Compare(0, p, in, out); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	}
}

// pointsOf is numbers for the arguments of p, those of d's battery.
func pointsOf(d *Dist, p ptx.Program) (in, out [][]float32) {
	const n = 40
	r := rand.New(rand.NewPCG(1, 7))
	in, out = make([][]float32, len(p.Args)), make([][]float32, len(p.Outs))
	for range n {
		q := values(d, r)
		env := named(d, q)
		for name, v := range named(d, values(d, r)) {
			env["p_"+name] = v
		}
		for i, param := range d.Params {
			for _, a := range param.Alts {
				if len(q[i]) == 1 {
					env[a.Name] = converted(d, a.Name, i, q)[0]
				}
			}
		}
		env["x"], env["eps"], env["d(out)"] = point(d, r, q), r.NormFloat64(), r.NormFloat64()
		for i, a := range p.Args {
			in[i] = append(in[i], float32(env[a.Name]))
		}
		for i := range out {
			out[i] = append(out[i], float32(r.NormFloat64()))
		}
	}
	return in, out
}

// TestPTXAssembles has NVIDIA's assembler take the formulas, over single numbers and
// over rows with a sum.
func TestPTXAssembles(t *testing.T) {
	var programs []ptx.Program
	for _, d := range single() {
		list := formulas(d)
		for _, name := range slices.Sorted(maps.Keys(list)) {
			p := differentiated(list[name])
			programs = append(programs, p, overRows(p))
		}
	}
	ptxtest.Assemble(t, ptxtest.Text(programs))
}

// overRows is p with its first result added up over columns.
func overRows(p ptx.Program) ptx.Program {
	p.Width, p.Args, p.Outs = 40, slices.Clone(p.Args), slices.Clone(p.Outs)
	for i := range p.Args {
		p.Args[i].Wide = i > 0
		p.Args[i].Once = i == 1
	}
	for i := range p.Outs {
		p.Outs[i].Sum = i == 0
		p.Outs[i].Wide = i > 0
	}
	return p
}
