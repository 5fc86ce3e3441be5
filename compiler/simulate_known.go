package compiler

import (
	"math"
	"math/rand/v2"

	"ssmc/compiler/ir"
	"ssmc/lang/diag"
	"ssmc/runtime/exact"
	"ssmc/runtime/op"
)

// keep takes the known values of port i, which is drawn later on, from g.
func (x *series) keep(g Given, i int) {
	if g.Present == nil || g.Present[i] == nil {
		x.know(g.Data[i], nil, g.Known)
		return
	}
	x.know(g.Data[i], g.Present[i], g.Known)
	if x.v.Missing {
		x.present = indicator(x.present, g.Present[i][:g.Known*x.v.Cols()])
		x.present = append(x.present, ones(len(x.values)-len(x.present))...)
	}
}

// know takes values of the first steps, less those that are not there.
func (x *series) know(values []float32, there []bool, steps int) {
	n := len(x.values)
	if x.v.Timed {
		n = steps * x.v.Cols()
	}
	for j, v := range values[:n] {
		x.known = append(x.known, float64(v))
		if there != nil && !there[j] {
			x.known[j] = math.NaN()
		}
	}
}

// settled reports whether all coordinates at time t are known.
func (x *series) settled(t int) bool {
	d := x.v.Cols()
	if len(x.known) < (t+1)*d {
		return false
	}
	for _, v := range x.known[t*d:][:d] {
		if math.IsNaN(v) {
			return false
		}
	}
	return true
}

// restore writes what is known of time t to out.
func (x *series) restore(t int, out []float64) {
	d := x.v.Cols()
	if len(x.known) < (t+1)*d {
		return
	}
	for j, v := range x.known[t*d:][:d] {
		if !math.IsNaN(v) {
			out[j] = v
		}
	}
}

// there is what is known of time t, and zero for what is not.
func (x *series) there(t int) []float64 {
	out := append([]float64{}, x.at(x.values, t)...)
	if x.dist == nil {
		return out
	}
	if !x.v.Timed {
		t = 0
	}
	x.restore(t-t%x.v.every(), out)
	return out
}

// keyed is random numbers that are a function of a key, the variable and the time
// alone: sequences that are drawn by the same key share them, whatever else
// differs. A nil one does nothing.
type keyed struct {
	key uint64
	pcg *rand.PCG
}

// turn begins the random numbers of a variable at a time.
func (k *keyed) turn(variable, t int) {
	if k != nil {
		at := uint64(variable)<<32 | uint64(uint32(t))
		k.pcg.Seed(scramble(k.key), scramble(k.key^scramble(at)))
	}
}

// Key is the key of one sample of one sequence.
func Key(seed uint64, sequence, sample int) uint64 {
	return scramble(scramble(seed) ^ scramble(uint64(sequence)<<32|uint64(uint32(sample))))
}

// scramble is the output function of SplitMix64 (Steele, Lea & Flood 2014): keys
// that are alike become numbers that are not.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// A chainPosterior is the classes' densities as nodes, by which they are drawn
// given what is known.
type chainPosterior struct {
	like, start, trans *ir.Node // as those of an op.Chain
	states             int
	busy               bool // known values are read, and none is drawn
}

// chainPosterior is that of a model with classes, or nil.
func (u *unit) chainPosterior() *chainPosterior {
	c := u.chains()
	if c == nil || u.found.HasErrors() {
		return nil
	}
	if len(u.switched) == 0 {
		u.errorf(diag.NotExact, c.vars[0].decl.Span, "nothing depends on %s", c.names()).Helpf("let an observed variable read it")
		return nil
	}
	like, _ := u.stateDensities(c)
	start, okStart := u.startProbs(c)
	trans, okTrans := u.transitionProbs(c)
	if !okStart || !okTrans {
		return nil
	}
	return &chainPosterior{like: like, start: start, trans: trans, states: c.states}
}

// drawClasses draws the classes of the known steps, given all else in them, by
// filtering forwards and sampling backwards.
func (s *Simulator) drawClasses(g Given) {
	p := s.chain
	c := &exact.Chain{States: p.states}
	p.busy = true
	for t := range g.Known {
		c.LogP = append(c.LogP, s.eval.At(p.like, t)...)
		if p.trans.Shape.Axis != op.Once || t == 0 {
			c.Trans = append(c.Trans, s.eval.At(p.trans, t)...)
		}
	}
	c.Start = append(c.Start, s.eval.At(p.start, 0)...)
	p.busy = false
	s.eval.Begin(g.Steps) // blanks were taken for zeros
	s.keyed.turn(len(s.ports)+len(s.latents), 0)
	s.spread(c.Sample(s.rand, 1))
}

// spread gives each class its part of the states.
func (s *Simulator) spread(path []int) {
	for i, x := range s.classes {
		x.known = x.known[:0]
		for _, state := range path {
			for _, y := range s.classes[i+1:] {
				state /= y.v.Classes
			}
			x.known = append(x.known, float64(state%x.v.Classes))
		}
	}
}
