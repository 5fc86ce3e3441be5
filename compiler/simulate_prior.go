package compiler

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/runtime"
)

// A hyper is the prior of a parameter, to draw it from.
type hyper struct {
	param  runtime.Param
	at     string // where the prior stands
	dist   *dist.Dist
	params []*ir.Node // as dist lists them, static
}

// hyperDraws draws parameters from their priors.
type hyperDraws struct {
	list  []hyper
	seed  uint64
	known map[int]bool // the parameters that were set
	err   error        // of one that could not be drawn
}

// nodes is what the priors read.
func (d *hyperDraws) nodes() (out []*ir.Node) {
	for _, h := range d.list {
		out = append(out, h.params...)
	}
	return out
}

// hypers is the priors of the parameters, those first that others read.
func (u *unit) hypers() (out []hyper) {
	for _, b := range u.beliefs {
		out = append(out, hyper{b.param, position(b.at), b.draw.dist, u.canonical(b.draw)})
	}
	return out
}

// drawPriors draws the parameters that have priors and are not set. Each has
// random numbers of its own: to set one changes no other, unless that has a prior
// that reads it.
func (s *Simulator) drawPriors() {
	s.prior.err = nil
	for _, h := range s.prior.list {
		i := s.params.Index(h.param.Name)
		if i < 0 || s.prior.known[i] {
			continue
		}
		raw, err := h.draw(ir.NewInterpreter(s.input), rand.New(rand.NewPCG(s.prior.seed^apart, nameKey(h.param.Name))))
		if err != nil {
			s.prior.err = fmt.Errorf("%s: %s %w", h.at, h.param.Name, err)
			return
		}
		copy(s.params.Get(i), raw)
	}
}

// draw is a draw of the parameter, on the real line.
func (h *hyper) draw(eval *ir.Interpreter, r *rand.Rand) ([]float64, error) {
	value, item := make([]float64, h.param.NaturalSize()), 1
	if h.dist.Joint != nil {
		item = itemSize(h.param)
	}
	for at := 0; at < len(value); at += item {
		var given [][]float64
		for _, n := range h.params {
			given = append(given, stretch(eval.At(n, 0), at, item, len(value)))
		}
		if err := drawItem(h.dist, r, value[at:][:item], given); err != nil {
			return nil, err
		}
	}
	return h.param.Raw(value)
}

// stretch is what of x stands for so many numbers of a whole, from one on: x is for
// all of them, or for each of the parts.
func stretch(x []float64, at, n, whole int) []float64 {
	if len(x) == whole {
		return x[at:][:n]
	}
	return x
}

// drawItem draws one number, or one simplex.
func drawItem(d *dist.Dist, r *rand.Rand, x []float64, given [][]float64) error {
	if d.Joint != nil {
		if !d.Joint.Draw(r, x, given) {
			return fmt.Errorf("cannot be drawn from %s", d.JointText(given))
		}
		return nil
	}
	args := d.Arguments(given, 0)
	if !d.Allows(args) {
		return fmt.Errorf("cannot be drawn from %s", d.Text(args))
	}
	x[0] = d.Draw(r, args)
	return nil
}

// nameKey is a number for a name.
func nameKey(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
