package inference

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat"

	"ssmc/runtime"
)

// beliefDraws is how many draws a posterior of parameters is summed up by.
const beliefDraws = 4000

// A ParamPosterior sums up the posterior of a parameter, number by number, as
// the model uses them.
type ParamPosterior struct {
	Name   string `json:"name"`
	Dims   []int  `json:"dims,omitempty"`
	Mean   []Real `json:"mean"`
	SD     []Real `json:"sd"`
	Low    []Real `json:"q05"`
	Median []Real `json:"median"`
	High   []Real `json:"q95"`

	draws [][]float64 // by number
}

// Posteriors sums up the posteriors of the parameters that have priors, by draws
// that are a function of the run's seed.
func (r *Run) Posteriors() []ParamPosterior { return posteriors(r.Params, r.Config.Seed) }

func posteriors(p *runtime.Params[float32], seed uint64) []ParamPosterior {
	out := drawPosteriors(p, seed, beliefDraws)
	for k := range out {
		out[k].sumUp()
	}
	return out
}

// Draws is n draws of each number of the parameters that have priors.
func (r *Run) Draws(n int) (out []ParamDraws) {
	for _, p := range drawPosteriors(r.Params, r.Config.Seed, n) {
		for j, x := range p.draws {
			out = append(out, ParamDraws{Name: p.Name, Number: j, Label: p.Label(j), Values: x})
		}
	}
	return out
}

// ParamDraws is draws of one number of a parameter, as the model uses it.
type ParamDraws struct {
	Name   string // of the parameter
	Number int    // from 0
	Label  string // of both: M.A[1,2]
	Values []float64
}

// drawPosteriors is n draws of every parameter that has a posterior.
func drawPosteriors(p *runtime.Params[float32], seed uint64, n int) (out []ParamPosterior) {
	b := newBeliefs(p)
	if len(b.index) == 0 {
		return nil
	}
	for _, i := range b.index {
		q := p.List[i]
		out = append(out, ParamPosterior{Name: q.Name, Dims: q.Dims, draws: make([][]float64, q.NaturalSize())})
	}
	r := rand.New(rand.NewPCG(seed, mix("posterior", seed)))
	for range n {
		for k, value := range b.draw(r) {
			for j, v := range value {
				out[k].draws[j] = append(out[k].draws[j], v)
			}
		}
	}
	return out
}

func (p *ParamPosterior) sumUp() {
	for _, x := range p.draws {
		mean, sd := stat.MeanStdDev(x, nil)
		sorted := slices.Sorted(slices.Values(x))
		at := func(q float64) Real { return Real(stat.Quantile(q, stat.Empirical, sorted, nil)) }
		p.Mean, p.SD = append(p.Mean, Real(mean)), append(p.SD, Real(sd))
		p.Low, p.Median, p.High = append(p.Low, at(0.05)), append(p.Median, at(0.5)), append(p.High, at(0.95))
	}
}

// mostCut is the share of clipped updates, in the second half of a fit, above which
// posteriors of parameters are not to be relied on.
const mostCut = 0.05

// noteCut warns of posteriors that clipping has widened: gradients are largest
// where the noise of a parameter is, and say that it should be less.
func (f *fitter) noteCut() {
	late := f.run.Updates - max(f.cutFrom, f.total/2)
	if share := float64(f.cut) / float64(max(1, late)); share > mostCut && len(newBeliefs(f.params).index) > 0 {
		f.run.Notes = append(slices.Clip(f.run.Notes), fmt.Sprintf("the gradient was clipped in %.0f %% of the last updates: steps are shorter than it asked for, so that the fit may not have arrived, and "+
			"posteriors of parameters come out too wide; try --set optimizer.clip_norm=0, and a larger optimizer.lr if estimates still move", 100*share))
	}
}

// beliefs draws from the posteriors of parameters.
type beliefs struct {
	params *runtime.Params[float32]
	index  []int // of the parameters with posteriors
}

func newBeliefs(p *runtime.Params[float32]) *beliefs {
	b := &beliefs{params: p}
	for i, q := range p.List {
		if q.Belief != nil {
			b.index = append(b.index, i)
		}
	}
	return b
}

// draw is a value for each, as the model uses it.
func (b *beliefs) draw(r *rand.Rand) (out [][]float64) {
	noise := map[string][]float64{}
	for _, i := range b.index {
		q := b.params.List[i]
		eps := make([]float64, q.Size())
		for j := range eps {
			eps[j] = r.NormFloat64()
		}
		noise[q.Name] = eps
		sd := b.params.List[b.params.Index(q.Belief.SD)].Natural(wide(b.named(q.Belief.SD)))
		raw := wide(b.params.Get(i))
		for j := range raw {
			raw[j] += sd[j] * eps[j]
		}
		for _, m := range q.Belief.Mix {
			b.mixIn(raw, noise[m.From], wide(b.named(m.Matrix)), m.From == q.Name)
		}
		out = append(out, q.Natural(raw))
	}
	return out
}

func (b *beliefs) named(name string) []float32 { return b.params.Get(b.params.Index(name)) }

// mixIn adds eps' M to raw; of a parameter's own M what is above the diagonal.
func (b *beliefs) mixIn(raw, eps, m []float64, own bool) {
	for i, e := range eps {
		for j := range raw {
			if !own || j > i {
				raw[j] += e * m[i*len(raw)+j]
			}
		}
	}
}

// encodeDraws writes the draws of posteriors as CSV, a column a number.
func encodeDraws(list []ParamPosterior) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var head []string
	var columns [][]float64
	for _, p := range list {
		for j, x := range p.draws {
			head, columns = append(head, p.Label(j)), append(columns, x)
		}
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	row := make([]string, len(columns))
	for i := range beliefDraws {
		for k, x := range columns {
			row[k] = strconv.FormatFloat(x[i], 'g', 8, 64)
		}
		if err := w.Write(row); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// Label names number j of the parameter: M.A[1,2].
func (p *ParamPosterior) Label(j int) string {
	text := ""
	for i := len(p.Dims) - 1; i >= 0; i-- {
		text = fmt.Sprint(j%p.Dims[i]+1) + text
		if j /= p.Dims[i]; i > 0 {
			text = "," + text
		}
	}
	if text == "" {
		return p.Name
	}
	return p.Name + "[" + text + "]"
}
