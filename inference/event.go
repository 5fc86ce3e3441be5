package inference

import "time"

// An Event tells what happens in a fit: Started, Progress, Validated,
// RolledBack or Finished. Events come from the goroutine of Fit, Progress a few times a second.
type Event interface{ event() }

// Started comes before the first update.
type Started struct {
	Parameters      int // numbers that are learned
	Updates         int // in all epochs
	UpdatesPerEpoch int
	Sequences       int // to train on
	Frames          int
	Notes           []string
}

// Progress tells of the updates since the last.
type Progress struct {
	Metric
	Updates int // in all epochs
	Left    time.Duration
}

// Validated comes after each validation.
type Validated struct {
	Metric
	Score Score
	SoFar Best
}

// RolledBack comes when the fit went back to earlier parameters.
type RolledBack struct {
	Rollback
	Left int // rollbacks that it may still do
}

// Finished comes last. The run is not to be changed.
type Finished struct{ Run *Run }

func (Started) event()    {}
func (Progress) event()   {}
func (Validated) event()  {}
func (RolledBack) event() {}
func (Finished) event()   {}

// A Metric sums up the updates since the one before it: means, in nats a frame
// of training data.
type Metric struct {
	Epoch          int     `json:"epoch"`  // epochs begun
	Update         int     `json:"update"` // updates done
	Seconds        float64 `json:"seconds"`
	Bound          float64 `json:"bound"` // negative, with the full weight of the KL terms
	Reconstruction float64 `json:"reconstruction"`
	KL             float64 `json:"kl"`
	GradNorm       float64 `json:"grad_norm"` // before clipping
	Beta           float64 `json:"beta"`      // weight of the KL terms in the last update
	LR             float64 `json:"lr"`        // of the last update
	FramesPerSec   float64 `json:"frames_per_second"`

	Valid *float64 `json:"valid,omitempty"` // negative bound of the validation data, nats a frame
	Best  bool     `json:"best,omitempty"`  // and the least so far
}
