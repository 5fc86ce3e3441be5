package runtime

// A Rule is how a machine moves parameters: the penalties, the largest norm of the
// gradient, and the optimiser.
type Rule struct {
	Kind           string    // adam, rmsprop or sgd
	Decay1, Decay2 float64   // adam: of its two means; rmsprop: of the mean square, and the momentum; sgd: the momentum, first
	Eps            float64   // added to roots
	Clip           float64   // largest norm of the gradient; 0 is no limit
	L1, L2         []float64 // weights of the penalties, one a parameter
}

// Slots is the names of the vectors that the optimiser remembers between updates.
func (r *Rule) Slots() []string {
	switch r.Kind {
	case "adam":
		return []string{"adam.mean", "adam.square"}
	case "rmsprop":
		return []string{"rmsprop.square", "rmsprop.velocity"}
	}
	return []string{"sgd.velocity"}
}

// A Trainer is a machine that does whole updates where it computes, and keeps the
// parameters and the optimiser's state there meanwhile.
type Trainer interface {
	Machine
	// Train says how Update moves the parameters, whose present values it takes, as it
	// does the optimiser's state after so many updates: one vector a slot, or nil.
	Train(rule Rule, updates int, slots [][]float32) error
	// Update runs a batch and moves the parameters against the gradient plus r.Scale
	// times the penalties, at a learning rate. It gives the norm of that gradient;
	// where it is not finite, nothing moves and there is an error.
	Update(b *Batch, r Run, rate float64) (norm float64, err error)
	// Fetch sets the parameters' values here, and the slots' unless they are nil, to
	// those there.
	Fetch(slots [][]float32) error
}

// A Keeper is a machine that can keep a data set where it computes: its batches say
// with Rows where their sequences begin, and hold no data.
type Keeper interface {
	// Keep gives it, for each port, the rows of all sequences, one after another,
	// [frames,Cols] or [sequences,Cols], and as many that are 1 where a value is
	// present, or nil where all are.
	Keep(values, present [][]float32) error
}
