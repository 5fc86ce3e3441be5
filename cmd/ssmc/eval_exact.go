package main

import (
	"context"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// exactOf is the exact posterior of a set, by the Kalman smoother, or none where
// the model, with these parameters, is not linear and Gaussian.
func exactOf(p *program, params *runtime.Params[float32], set *data.Set) []inference.Posterior {
	exact, own, _ := exactly(p, params, set)
	if exact == nil {
		return nil
	}
	s := exact.Smoother(own)
	if s == nil {
		return nil
	}
	return exactPosteriors(s, exact.Model.Ports, set)
}

// exactly is a program whose latents are summed out, with its parameters; without one,
// what it found says why.
func exactly(p *program, params *runtime.Params[float32], set *data.Set) (*compiler.Program, *runtime.Params[float32], diag.List) {
	file, found := lang.Parse(p.source)
	if found.HasErrors() {
		return nil, nil, found
	}
	exact, found := compiler.Compile(file, compiler.Config{Library: library, Guide: "exact", Sizes: sizesOf(p.Model.Ports, set), Columns: set.Columns})
	if found.HasErrors() {
		return nil, nil, found
	}
	own := runtime.ZeroParams[float32](exact.Model.Params)
	for i, q := range exact.Model.Params {
		copy(own.Get(i), params.Get(params.Index(q.Name)))
	}
	return exact, own, found
}

// exactPosteriors is what a smoother says of every latent.
func exactPosteriors(s *compiler.Smoother, ports []runtime.Port, set *data.Set) []inference.Posterior {
	out := make([]inference.Posterior, len(s.Latents))
	for i := range set.Sequences {
		q := &set.Sequences[i]
		m := s.Smooth(allOf(ports, set, q))
		n, from := len(m.Mean)/q.Len, 0
		for j, z := range s.Latents {
			steps := q.Len
			if z.Static {
				steps = 1 // it is the same at all
			}
			var mean, variance []float64
			for t := range steps {
				for k := from; k < from+z.Cols; k++ {
					mean, variance = append(mean, m.Mean[t*n+k]), append(variance, m.Cov[t*n*n+k*n+k])
				}
			}
			out[j].Name, out[j].Cols = z.Name, z.Cols
			out[j].Mean, out[j].Var = append(out[j].Mean, mean), append(out[j].Var, variance)
			from += z.Cols
		}
	}
	return out
}

// exactSamples is how many samples a guide's moments are taken of to be compared
// with the exact ones: their noise adds about a fortieth of a standard deviation.
const exactSamples = 1000

// checkExact compares the guide with the exact posterior, if there is one.
func checkExact(ctx context.Context, f inference.Fitted, set *data.Set, c *inference.Config, exact []inference.Posterior, watch watcher) ([]inference.ExactCheck, error) {
	if exact == nil || len(f.Model.Sites) == 0 {
		return nil, nil
	}
	f.Progress = watch.of("posterior moments")
	guide, err := f.Latents(ctx, set, c, exactSamples)
	if err != nil {
		return nil, err
	}
	return inference.CompareExact(guide, exact), nil
}

// printExact writes how the guide compares with the exact posterior.
func printExact(w io.Writer, list []inference.ExactCheck) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "\nThe guide beside the exact posterior, by the Kalman smoother\n")
	t := newTable(w, "latent", "RMSE of means", "in exact sd", "sd, guide over exact", "its 90 % hold")
	for _, c := range list {
		t.AppendRow(table.Row{c.Latent, number(c.RMSE), number(c.Relative), fmt.Sprintf("%.3f", c.Spread), fmt.Sprintf("%.1f %%", 100*c.Coverage)})
	}
	t.Render()
}
