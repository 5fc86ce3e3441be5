package runtime

// A Batch is some sequences, longest first, their frames packed as op.Layout
// says.
type Batch struct {
	Lens    []int       // [B] frames a sequence, never rising
	Index   []int       // [B] the number of each sequence in its data set
	Data    [][]float32 // for each port, [N,Cols] or, static, [B,Cols]; class numbers count from 0
	Present [][]float32 // for each port, 1 where observed and 0 where missing; nil if complete
}

// A Run says how a machine should evaluate a batch.
type Run struct {
	K          int       // posterior samples a sequence, at least one
	Coef       []float64 // for each term, its weight in the cost
	Seed, Step uint64    // the noise is a function of both
	Grad       bool      // also the gradient of the cost by the parameters
}

// A Machine evaluates one form of a model's bound on some device.
type Machine interface {
	// Run evaluates the terms and their weighted sum, the cost. An error names
	// the op, its place in the program, the sequence and the time where the
	// first number that is not finite arose.
	Run(b *Batch, r Run) error
	// Cost is the weighted sum of the terms in the last run.
	Cost() float64
	// Term is term i of the last run for each row (frame or sequence, times K
	// samples, in the layout of the run).
	Term(i int) []float64
	// Sequence adds up term i by sequence and sample: dst [B,K].
	Sequence(dst []float64, i int)
	// Terms describes them.
	Terms() []Term
	// Latent is the posterior samples of site i in the last run, [rows,Cols],
	// in the layout of the run. The machine must have been asked for them.
	Latent(i int) []float64
	// Gradient is the gradient of the cost in the last run, laid out as the
	// parameters are.
	Gradient() []float32
}
