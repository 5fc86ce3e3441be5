package compiler

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ssmc/compiler/ir"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// flattenSimulate finds the simulate block and flattens its settings.
func (u *unit) flattenSimulate(name string) {
	var names []string
	for _, b := range u.blocks {
		if b.Kind != "simulate" {
			continue
		}
		if name == "" || b.Name != nil && b.Name.Text == name {
			for _, s := range b.Settings {
				u.flatten(b.Kind, s.Name.Text, s.Value.Tree())
			}
			return
		}
		if b.Name != nil {
			names = append(names, b.Name.Text)
		}
	}
	if name != "" {
		u.errorf(diag.UnknownName, u.model.Name.Span, "the file has no block simulate %s", name).
			Helpf("%s", suggestOr(name, names, "add one, or drop --block"))
	}
}

// apart keeps the values that a simulation draws from those that a fit with the
// same seed begins with: it must not begin with the truth.
const apart = 0x5353_4d43

// Seed draws values for the parameters: from their priors or, without, as their
// initial values are drawn.
func (s *Simulator) Seed(seed uint64) {
	s.params = runtime.NewParams[float64](s.params.List, seed^apart)
	s.prior.seed, s.prior.known = seed, map[int]bool{}
	s.drawPriors()
	s.eval = ir.NewInterpreter(s.input)
}

// Set gives a parameter of the model its value, within its bounds: a number, or
// as many as it has with commas between them, row by row. The name is that in
// the model, or in full with the model's before it.
func (s *Simulator) Set(name, text string) error {
	i := s.params.Index(name)
	if i < 0 {
		i = s.params.Index(s.Name + "." + name)
	}
	if i < 0 {
		return s.noParam(name)
	}
	values, err := numbers(text)
	if err != nil {
		return fmt.Errorf("%s is %w", name, err)
	}
	p, dst := s.params.List[i], s.params.Get(i)
	size := p.NaturalSize()
	if len(values) != 1 && len(values) != size {
		return fmt.Errorf("%s has %d numbers, not %d; give one for all, or each", name, size, len(values))
	}
	all := make([]float64, size)
	for j := range all {
		all[j] = values[min(j, len(values)-1)]
	}
	raw, err := p.Raw(all)
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	copy(dst, raw)
	s.prior.known[i] = true
	s.drawPriors()
	s.eval = ir.NewInterpreter(s.input)
	return nil
}

func (s *Simulator) noParam(name string) error {
	var names []string
	name = strings.TrimPrefix(name, s.Name+".")
	for _, p := range s.params.List {
		names = append(names, strings.TrimPrefix(p.Name, s.Name+"."))
	}
	if near := diag.Suggest(name, names); near != "" {
		return fmt.Errorf("the model has no parameter %s; did you mean %s?", name, near)
	}
	if len(names) == 0 {
		return fmt.Errorf("the model has no parameter %s; it has none", name)
	}
	return fmt.Errorf("the model has no parameter %s; it has %s", name, joinNames(names))
}

// numbers reads numbers with commas between them, in brackets or not.
func numbers(text string) (out []float64, err error) {
	for _, word := range strings.Split(strings.NewReplacer("[", "", "]", "", " ", "").Replace(text), ",") {
		v, err := strconv.ParseFloat(word, 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("a number or several, not %s", text)
		}
		out = append(out, v)
	}
	return out, nil
}

// A Known is a parameter with the values that a simulation draws with.
type Known struct {
	Name   string    `json:"name"` // in full
	Dims   []int     `json:"dims"`
	Values []float64 `json:"values"` // within the bounds
}

// Params is the parameters of the model, as the program declares them.
func (s *Simulator) Params() (out []Known) {
	for i, p := range s.params.List {
		out = append(out, Known{Name: p.Name, Dims: p.Dims, Values: p.Natural(s.params.Get(i))})
	}
	return out
}
