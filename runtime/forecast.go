package runtime

import "math/rand/v2"

// A Forecaster goes on drawing from a model where the known steps of a sequence end. It
// is not safe for use by several goroutines at a time.
type Forecaster interface {
	// Ports is the variables of the data, and Latents those that are drawn.
	Ports() []Port
	Latents() []Port
	// Memory is how many of the last known steps of the latents From is to be given,
	// less than zero for all of them.
	Memory() int
	// Begin turns to a sequence of so many steps: for each port its values [T,Cols] or,
	// static, [Cols], and where they are there, nil for everywhere.
	Begin(steps int, data [][]float32, present [][]bool)
	// From takes the first steps as known, and for each latent its values in the last
	// of them, as many as there are rows, [n,Cols], or [Cols] of one value a sequence.
	// Nil stands for classes that are to be drawn given all else. What is drawn from
	// there on is a function of the key.
	From(known int, latents [][]float32, key uint64)
	// Next goes one step on, and draws what is observed there so many times, at least
	// once; the first draw is what later steps read. Given is the values of the latents
	// at that step, or nil where they are drawn.
	Next(f *Forecast, draws int, given [][]float32) error
}

// A Forecast is one draw of a step that is not known, and how likely what was then
// observed is in the light of it. Its memory is used again.
type Forecast struct {
	// Log is the log density of all that was observed at the step, given the steps
	// before it as they are known or were drawn, in nats. Of variables that read each
	// other at one time it is that of all of them together.
	Log float64
	// Vars is by port; those that are not observed are empty.
	Vars []VarForecast
	// Latents is the values of the step, drawn given what was observed at it where
	// they read that: [Cols] each.
	Latents [][]float32
}

// A VarForecast is what one draw says of one observed variable. Other variables, that
// it may read at its own time, are drawn as well, and not known.
type VarForecast struct {
	// Log is the log density of each number that was observed, in nats, [Cols], NaN where
	// it is blank; or one number for all of them together.
	Log []float64
	// Chance is the probability of a one [Cols], of a binary variable, or of each class,
	// [Classes]; nil for other kinds, and where there is no formula.
	Chance []float64
	// Draws is the draws of the variable, one after another, [n*Cols].
	Draws []float64
}

// An Exact tells exactly what is known of later steps of a sequence, where the latents
// of a model can be summed out. It is not safe for use by several goroutines at a time.
type Exact interface {
	// Begin turns to a sequence: see Forecaster.
	Begin(steps int, data [][]float32, present [][]bool)
	// Free is how many steps ahead Ahead tells: fewer than all where what comes depends
	// on what is observed meanwhile.
	Free() int
	// Log is the log density of all that was observed at step t, from 0, given the
	// steps before it, in nats.
	Log(t int) float64
	// Ahead is what is known so many steps ahead of step last, given the steps up to it;
	// -1 is before the first.
	Ahead(last, ahead int) *Outlook
	// Draw draws the latents of step last so many times, given the steps up to it:
	// [n][latent][Cols].
	Draw(last int, rng *rand.Rand, n int) [][][]float32
}

// An Outlook is what is known of a later step: the values that its latents can have,
// with their probabilities, or of some variables a normal distribution.
type Outlook struct {
	Weights []float64
	Latents [][][]float32 // of each weight, by latent [Cols]

	Mean, Var [][]float64 // by port [Cols]; nil for those whose distribution is not told
	Log       float64     // log density of what was observed of these, in nats
}
