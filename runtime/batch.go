package runtime

// A Batch is some sequences, longest first, their frames packed as op.Layout
// says.
type Batch struct {
	Lens    []int       // [B] frames a sequence, never rising
	Index   []int       // [B] the number of each sequence in its data set
	Data    [][]float32 // for each port, [N,Cols] or, static, [B,Cols]; class numbers count from 0
	Present [][]float32 // for each port, 1 where observed and 0 where missing; nil if complete

	// Of machines that keep the data: see Keeper. Data and Present are then nil.
	Rows []int // [B] the row of the data set where each begins

	// Of machines that carry: see Carrier. Nil stands for whole sequences.
	From []int  // [B] the step of its sequence, from 0, that each begins with
	More []bool // [B] the sequence goes on, in a later batch
}

// A Run says how a machine should evaluate a batch.
type Run struct {
	K          int       // posterior samples a sequence, at least one
	Coef       []float64 // for each term, its weight in the cost: see op.Total
	Scale      float64   // what the cost is multiplied by; 0 stands for 1
	Seed, Step uint64    // the noise is a function of both
	Grad       bool      // also the gradient of the cost by the parameters
}

// A Machine evaluates one form of a model's bound on some device.
type Machine interface {
	// Run evaluates the terms and the cost. An error names
	// the op, its place in the program, the sequence and the time where the
	// first number that is not finite arose.
	Run(b *Batch, r Run) error
	// Cost is the cost in the last run: the weighted sum of the terms, or what
	// the form makes of them.
	Cost() float64
	// Bounds is what each sequence adds to the bound in the last run, minus its
	// part of the cost before Scale: dst [B]. Terms that belong to no sequence
	// are left out.
	Bounds(dst []float64)
	// Weighed adds up term i over its rows, each weighed by its sample's share of
	// the bound; all samples share alike where the form does not tell.
	Weighed(i int) float64
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
