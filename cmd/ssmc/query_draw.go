package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/runtime"
)

// An arm is a query with what it does, or without.
type arm struct {
	asker *compiler.Asker
	act   bool
	what  string // for people
	each  map[int]*compiler.Question
	drawn []inference.Drawn // of each report
}

// questions places both arms in every sequence, and lists the sequences that both
// can be asked about.
func (a *answering) questions(arms ...*arm) (list []int) {
	a.answer.LeftOut = map[string]int{}
	for i := range a.set.Sequences {
		why := ""
		for _, x := range arms {
			if x == nil || why != "" {
				continue
			}
			var q *compiler.Question
			if q, why = x.asker.Question(allOf(x.asker.Ports, a.set, &a.set.Sequences[i])); q != nil {
				x.put(i, q)
			}
		}
		if why != "" {
			a.answer.LeftOut[why]++
			continue
		}
		list = append(list, i)
	}
	a.answer.Sequences = len(list)
	return list
}

func (x *arm) put(i int, q *compiler.Question) {
	if x.each == nil {
		x.each = map[int]*compiler.Question{}
	}
	x.each[i] = q
}

// atOnce is how many sequences are inferred at a time, which bounds memory.
const atOnce = 200

// draw draws all sequences of an arm.
func (a *answering) draw(ctx context.Context, x *arm, list []int, watch watcher) error {
	x.drawn = make([]inference.Drawn, len(x.asker.Reports))
	for r := range x.drawn {
		x.drawn[r] = make(inference.Drawn, len(list))
	}
	askers, err := a.askers(x)
	if err != nil {
		return err
	}
	for lo := 0; lo < len(list); lo += atOnce {
		part := list[lo:min(lo+atOnce, len(list))]
		latents, err := a.infer(ctx, x, part, watch)
		if err != nil {
			return err
		}
		tell := watch.of("drawing " + x.what)
		err = parallel(ctx, len(part), len(askers), func(worker, i int) error {
			if tell != nil && worker == 0 {
				tell(float64(lo+i) / float64(len(list)))
			}
			return a.drawOne(x, askers[worker], part[i], lo+i, latents[i])
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// askers is one for each thread, with the parameters of the fit.
func (a *answering) askers(x *arm) ([]*compiler.Asker, error) {
	list := []*compiler.Asker{x.asker}
	for len(list) < a.device.Pool().Threads() {
		asker, found := compiler.NewAsker(a.file, a.compile, x.asker.Name)
		if err := found.Err(); err != nil {
			return nil, err
		}
		list = append(list, asker)
	}
	for _, asker := range list {
		asker.Use(a.params)
	}
	return list, nil
}

// drawOne draws sequence i of the data, which is number n of those that are asked.
func (a *answering) drawOne(x *arm, asker *compiler.Asker, i, n int, latents inference.Paths) error {
	for r := range x.drawn {
		x.drawn[r][n] = make([][]float32, a.samples)
	}
	for k := range a.samples {
		var z [][]float32
		if latents != nil {
			z = latents[k]
		}
		out, err := asker.Draw(x.each[i], z, compiler.Key(a.seed, i, k), x.act)
		if err != nil {
			return fmt.Errorf("sequence %s of %s: %w", a.set.Sequences[i].ID, a.set.Name, err)
		}
		for r, steps := range out {
			for _, v := range steps {
				x.drawn[r][n][k] = append(x.drawn[r][n][k], float32(v))
			}
		}
	}
	return nil
}

// parallel does n pieces of work with so many workers. Of several errors it gives
// that of the first piece.
func parallel(ctx context.Context, n, workers int, do func(worker, i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil && !failed.Load(); i = int(next.Add(1)) - 1 {
				if errs[i] = do(w, i); errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// infer draws the latents of the given steps of some sequences, or nil for those
// of which nothing is given: values for each of the asker's latents, and nil for
// classes.
func (a *answering) infer(ctx context.Context, x *arm, list []int, watch watcher) ([]inference.Paths, error) {
	out := make([]inference.Paths, len(list))
	var given []int // in list
	for j, i := range list {
		if x.each[i].Known > 0 {
			given = append(given, j)
		}
	}
	if len(given) == 0 {
		return out, nil
	}
	paths, names, err := a.paths(ctx, x, list, given, watch)
	if err != nil {
		return nil, err
	}
	for n, j := range given {
		out[j] = make(inference.Paths, a.samples)
		for k := range out[j] {
			out[j][k] = make([][]float32, len(x.asker.Latents))
			for l, z := range x.asker.Latents {
				if at := index(names, z.Name); at >= 0 {
					out[j][k][l] = inference.ClassNumbers(paths[n][k][at], a.drawnCols(at, z), z.Cols)
				}
			}
		}
	}
	return out, nil
}

// drawnCols is how many numbers of a latent, which is number at among those that are
// drawn, are drawn for a step: of a class that a guide draws, indicators.
func (a *answering) drawnCols(at int, z runtime.Port) int {
	if len(a.p.Model.Sites) == 0 { // exact
		return z.Cols
	}
	return a.p.Model.Sites[at].Cols
}

func index(names []string, name string) int {
	for i, n := range names {
		if n == name {
			return i
		}
	}
	return -1
}

// paths draws latents from the posterior, exactly or as the guide has it, and gives
// the names of the latents.
func (a *answering) paths(ctx context.Context, x *arm, list, given []int, watch watcher) (paths []inference.Paths, names []string, err error) {
	if s := a.p.Smoother(a.params); s != nil {
		for _, z := range s.Latents {
			names = append(names, z.Name)
		}
		for _, j := range given {
			paths = append(paths, s.Sample(x.each[list[j]].Given, stream(a.seed, list[j]), a.samples))
		}
		return paths, names, nil
	}
	if len(a.p.Model.Sites) == 0 {
		return make([]inference.Paths, len(given)), nil, nil
	}
	for _, z := range a.p.Model.Sites {
		names = append(names, z.Name)
	}
	f := inference.Fitted{Model: a.p.Model, Params: a.params, Device: a.device, Progress: watch.of("latents of " + x.what)}
	config := *a.config
	config.Seed = a.seed
	paths, err = f.Paths(ctx, a.cut(x, list, given), &config, a.samples)
	return paths, names, err
}

// cut is the given steps of sequences as data.
func (a *answering) cut(x *arm, list, given []int) *data.Set {
	ports := x.asker.Ports
	vars := boundVars(ports)
	var sequences []data.Sequence
	for _, j := range given {
		q := &a.set.Sequences[list[j]]
		g := x.each[list[j]].Given
		var times []float64
		if q.Times != nil {
			times = q.Times[:g.Steps]
		}
		sequences = append(sequences, data.NewSequence(vars, q.ID, g.Steps, held(ports, g.Data), held(ports, g.Present), times))
	}
	return data.NewSet(a.set.Name, vars, a.set.TimeUnit, sequences)
}
