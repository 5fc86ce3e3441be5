package predict

import (
	"sync"

	"ssmc/runtime"
)

// A Drawn is what each of K draws says of one step.
type Drawn struct {
	Log     []float64     // [K] log density of all that was observed
	Latents [][][]float32 // [K] of the step

	vars []drawnVar // as those of a sheet
}

// A drawnVar is what each of K draws says of one variable: see runtime.VarForecast.
type drawnVar struct{ logs, chances, values [][]float64 }

// newDrawn is so many draws.
func newDrawn(n int, vars []variable) *Drawn {
	d := &Drawn{Log: make([]float64, n), Latents: make([][][]float32, n), vars: make([]drawnVar, len(vars))}
	for i := range d.vars {
		d.vars[i] = drawnVar{make([][]float64, n), make([][]float64, n), make([][]float64, n)}
	}
	return d
}

// keep takes draw k from a forecast.
func (d *Drawn) keep(k int, f *runtime.Forecast, vars []variable) {
	d.Log[k] = f.Log
	if d.Latents[k] == nil {
		d.Latents[k] = make([][]float32, len(f.Latents))
	}
	for i, z := range f.Latents {
		d.Latents[k][i] = append(d.Latents[k][i][:0], z...)
	}
	for i, v := range vars {
		x, from := &d.vars[i], &f.Vars[v.port]
		x.logs[k] = append(x.logs[k][:0], from.Log...)
		x.chances[k] = append(x.chances[k][:0], from.Chance...)
		x.values[k] = append(x.values[k][:0], from.Draws...)
	}
}

// draw goes on from each value of a cloud, so many steps.
func (p *Predictor) draw(i, known, ahead int, cloud *Cloud) error {
	return p.share(len(cloud.Weights), func(f *runtime.Forecaster, k int) error {
		var latents [][]float32
		if cloud.Latents != nil {
			latents = cloud.Latents[k]
		}
		(*f).From(known, latents, p.key(i, known, k))
		var next runtime.Forecast
		for h := range ahead {
			if err := (*f).Next(&next, 1, nil); err != nil {
				return err
			}
			p.steps[h].keep(k, &next, p.sheet.vars)
		}
		return nil
	})
}

// key is the random numbers of draw k of what comes after the known steps of sequence i.
func (p *Predictor) key(i, known, k int) uint64 {
	return mix(p.Plan.Seed, uint64(i), uint64(known), uint64(k))
}

// share gives each forecaster, on a thread of its own, a part of n pieces of work. Of
// several errors it gives that of the first piece.
func (p *Predictor) share(n int, do func(f *runtime.Forecaster, k int) error) error {
	workers := len(p.Forecasters)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for k := n * w / workers; k < n*(w+1)/workers && errs[w] == nil; k++ {
				errs[w] = do(&p.Forecasters[w], k)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// mix is a number for some numbers: the output function of SplitMix64 (Steele, Lea &
// Flood 2014), one after another.
func mix(numbers ...uint64) (h uint64) {
	for _, x := range numbers {
		h = scramble(h ^ scramble(x))
	}
	return h
}

func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
