package optim

import (
	"fmt"
	"math"
	"time"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
)

// chunk is how many values are worked on at once: they and their gradient and
// state stay in the cache of one core.
const chunk = 1 << 14

// A piece is part of one learned parameter.
type piece struct {
	param, lo, hi int
	l1, l2        float32 // weights of the penalties on it
}

// An Updater does whole updates: it adds the gradients of the penalties, clips
// the norm, and steps. Fixed parameters and the gaps between parameters are
// never touched. Its results do not depend on the number of threads.
type Updater struct {
	opt     Optimizer
	clip    float64 // largest norm of the gradient; 0 is no limit
	pool    *kernel.Pool
	params  *runtime.Params[float32]
	pieces  []piece
	squares []float64 // for each piece, the sum of squares of its gradient
	count   int

	// What the loops over pieces work on; kept here so that they do not allocate.
	g             []float32
	share         float32
	step          Step
	measure, move func(lo, hi int)

	times Times
}

// Times is how long updates took so far: to add penalties and to measure the
// norm that is clipped, and to move the parameters.
type Times struct{ Measure, Move time.Duration }

// Times is that of all updates.
func (u *Updater) Times() Times { return u.times }

// NewUpdater makes an updater of p. It is an error if a penalty is on nothing.
func NewUpdater(p *runtime.Params[float32], opt Optimizer, clip float64, ps []Penalty, pool *kernel.Pool) (*Updater, error) {
	l1, l2, err := Weights(p.List, ps)
	if err != nil {
		return nil, err
	}
	u := &Updater{opt: opt, clip: clip, pool: pool, params: p}
	for i, q := range p.List {
		if q.Fixed {
			continue
		}
		end := p.Off[i] + q.Size()
		for lo := p.Off[i]; lo < end; lo += chunk {
			u.pieces = append(u.pieces, piece{i, lo, min(lo+chunk, end), float32(l1[i]), float32(l2[i])})
		}
	}
	u.squares = make([]float64, len(u.pieces))
	u.measure, u.move = u.measurePieces, u.movePieces
	return u, nil
}

// Count is the number of updates done.
func (u *Updater) Count() int { return u.count }

// State is the optimiser's state.
func (u *Updater) State() []Slot { return u.opt.State() }

// Restore sets the number of updates done and the optimiser's state.
func (u *Updater) Restore(count int, state []Slot) error {
	if err := CopyState(u.opt.State(), state); err != nil {
		return err
	}
	u.count = count
	return nil
}

// CopyState sets an optimiser's own state to another. It is an error if they are
// not alike.
func CopyState(own, state []Slot) error {
	if len(own) != len(state) {
		return fmt.Errorf("the optimizer's state has %d parts, want %d", len(state), len(own))
	}
	for i, s := range state {
		if s.Name != own[i].Name || len(s.Values) != len(own[i].Values) {
			return fmt.Errorf("the optimizer's state is %s of %d values, want %s of %d",
				s.Name, len(s.Values), own[i].Name, len(own[i].Values))
		}
		copy(own[i].Values, s.Values)
	}
	return nil
}

// Update moves the parameters against the gradient g of the cost plus share
// times the penalties, at a learning rate, and gives the gradient's norm
// before clipping. It overwrites g. Where the norm is not finite, or the optimizer
// can't square the gradient in 32 bits, it moves nothing and says which parameter's
// gradient is to blame.
func (u *Updater) Update(g []float32, share, rate float64) (norm float64, err error) {
	begin := time.Now()
	norm = u.norm(g, share)
	u.times.Measure += time.Since(begin)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return norm, u.blame()
	}
	scale := 1.0
	if u.clip > 0 && norm > u.clip {
		scale = u.clip / norm
	}
	if err := u.overflow(scale); err != nil {
		return norm, err
	}
	u.count++
	u.step = Step{Rate: rate, Scale: scale, Count: u.count}
	begin = time.Now()
	u.pool.Run(len(u.pieces), 1, u.move)
	u.times.Move += time.Since(begin)
	return norm, nil
}

// norm adds the penalties to g, and gives its norm.
func (u *Updater) norm(g []float32, share float64) float64 {
	u.g, u.share = g, float32(share)
	u.pool.Run(len(u.pieces), 1, u.measure)
	sum := 0.0
	for _, s := range u.squares {
		sum += s
	}
	return math.Sqrt(sum)
}

// measurePieces adds the penalties to gradients and sums their squares.
func (u *Updater) measurePieces(lo, hi int) {
	for i, p := range u.pieces[lo:hi] {
		w, g := u.params.Values[p.lo:p.hi], u.g[p.lo:p.hi]
		if p.l2 != 0 {
			kernel.Axpy(2*p.l2*u.share, w, g)
		}
		if p.l1 != 0 {
			addSigns(p.l1*u.share, w, g)
		}
		u.squares[lo+i] = kernel.SumSq(g)
	}
}

// addSigns adds a times the sign of w to g.
func addSigns(a float32, w, g []float32) {
	for i, x := range w {
		switch {
		case x > 0:
			g[i] += a
		case x < 0:
			g[i] -= a
		}
	}
}

func (u *Updater) movePieces(lo, hi int) {
	for _, p := range u.pieces[lo:hi] {
		u.opt.Step(u.params.Values, u.g, p.lo, p.hi, u.step)
	}
}

// blame names the first parameter whose gradient is not finite.
func (u *Updater) blame() error {
	for i, s := range u.squares {
		if math.IsNaN(s) || math.IsInf(s, 0) {
			return &NotFinite{Param: u.params.List[u.pieces[i].param].Name, Updates: u.count}
		}
	}
	return &NotFinite{Updates: u.count}
}

// A NotFinite is the error of a gradient that is infinite or not a number.
type NotFinite struct {
	Param   string // whose it is, if it is one parameter's
	Updates int    // done before
	Square  bool   // it is the square that the optimizer keeps of a finite one
}

// Error names the parameter.
func (e *NotFinite) Error() string {
	of := ""
	if e.Param != "" {
		of = " of " + e.Param
	}
	what := "gradient"
	if e.Square {
		what = "square of the gradient"
	}
	return fmt.Sprintf("the %s%s is not finite after %d updates", what, of, e.Updates)
}
