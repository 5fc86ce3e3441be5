package compiler

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/floats"

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

// simplexParams is the names of the model's parameters that are probabilities.
func (u *unit) simplexParams() map[string]bool {
	names := map[string]bool{}
	for _, st := range u.model.Stmts {
		if st.Param != nil && st.Param.Type.Name.Text == "simplex" {
			names[u.model.Name.Text+"."+st.Param.Name.Text] = true
		}
	}
	return names
}

// apart keeps the values that a simulation draws from those that a fit with the
// same seed begins with: it must not begin with the truth.
const apart = 0x5353_4d43

// Seed draws values for the parameters, as their initial values are drawn.
func (s *Simulator) Seed(seed uint64) {
	s.params = runtime.NewParams[float64](s.params.List, seed^apart)
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
	if len(values) != 1 && len(values) != len(dst) {
		return fmt.Errorf("%s has %d numbers, not %d; give one for all, or each", name, len(dst), len(values))
	}
	scaled := make([]float64, len(dst))
	for j := range scaled {
		scaled[j] = values[min(j, len(values)-1)]
	}
	if err := s.unconstrain(p, scaled); err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	copy(dst, scaled)
	s.eval = ir.NewInterpreter(s.input)
	return nil
}

// unconstrain moves the values of a parameter to the real line, in place.
func (s *Simulator) unconstrain(p runtime.Param, values []float64) error {
	if s.simplex[p.Name] {
		return logarithms(values, p.Shape().Cols)
	}
	lo, hi := limits(p)
	for j, v := range values {
		if v <= lo || v >= hi {
			return fmt.Errorf("lies between %g and %g, and %g does not", lo, hi, v)
		}
		values[j] = toLine(v, lo, hi)
	}
	return nil
}

// logarithms takes those of probabilities, which add up to one in each row.
func logarithms(p []float64, cols int) error {
	for r := 0; r < len(p); r += cols {
		total := 0.0
		for j, v := range p[r : r+cols] {
			total += v
			p[r+j] = math.Log(v)
		}
		if !(math.Abs(total-1) < 1e-6) || slices.ContainsFunc(p[r:r+cols], math.IsNaN) {
			return fmt.Errorf("is a simplex: its numbers are positive and add up to one, and not to %g", total)
		}
	}
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

// limits is the bounds of a parameter, infinite where there is none.
func limits(p runtime.Param) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	if p.Low != nil {
		lo = *p.Low
	}
	if p.High != nil {
		hi = *p.High
	}
	return lo, hi
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
		out = append(out, Known{Name: p.Name, Dims: p.Dims, Values: s.constrain(p, s.params.Get(i))})
	}
	return out
}

// constrain is the values that the model uses, of those on the real line.
func (s *Simulator) constrain(p runtime.Param, line []float64) (out []float64) {
	cols := p.Shape().Cols
	lo, hi := limits(p)
	for j, v := range line {
		if s.simplex[p.Name] {
			row := line[j/cols*cols : (j/cols+1)*cols]
			out = append(out, math.Exp(v-floats.LogSumExp(row)))
			continue
		}
		out = append(out, fromLine(v, lo, hi))
	}
	return out
}
