// Package runtime owns what lies between a compiled model and its numbers: a
// Model is the whole conversation between the compiler, which makes it, and
// inference, which fits it. It knows nothing of the language.
//
// Package op has the ops a model's graph is built of, package scalar the
// formulas inside them, package cpu the backend that runs graphs, and package
// kernel the routines that do the work.
package runtime

import "ssmc/runtime/op"

// A Model is a compiled program: its parameters, the data it reads, and the
// graph of its bound.
type Model struct {
	Name   string
	Guide  string // the name of the guide
	Params []Param
	Ports  []Port
	Sites  []Site

	// What flows over time, in words: what reads earlier steps, which a cut
	// between two pieces of a sequence need not end, and what looks ahead.
	Past, Ahead []string

	// Owner is what the statement at a place that ops come from is about, as the
	// program writes it, "z[t]"; empty where there is none. It may be nil.
	Owner func(pos string) string

	// Build adds the terms of the bound to g. Inputs are added with g.Input:
	// parameters in the order of Params, ports by name, noise by variable. Behind
	// the terms stand those of kind Latent, if s asks for them, as Sites are.
	Build func(g *op.Graph, s Spec) ([]Term, error)
}

// A Spec says which form of the bound to build.
type Spec struct {
	Sampled bool // log p - log q at the samples, instead of closed KL terms
	Train   bool // with dropout
	Latents bool // and the samples themselves; of op.Filter, behind them the ancestors of particles
	Carry   bool // of pieces of sequences, each of which goes on from the one before

	Join      op.Join // how the samples of a sequence make one bound; all but op.Mean need Sampled
	Bootstrap bool    // particles of op.Filter are drawn from the model, not from the guide
	Pathwise  bool    // log q moves with the samples alone, not with its own parameters; needs Sampled
	FreeBits  float64 // nats of KL a latent and frame, below which its gradient is zero
}

// A Param is a learned array.
type Param struct {
	Name  string // stable and readable: Polyphonic.emit.1.W
	Dims  []int  // of the value, as declared: none for a number, [D], [K,D]
	Init  Init
	Fixed bool // held at its initial value
	Guide bool // of the guide, not of the model
	// Transform takes the array, which is on the real line, to the value.
	Transform Transform
	// Belief is the posterior of a parameter that has a prior, or nil: the array
	// is its mean.
	Belief *Belief
}

// A Belief is a Gaussian on the real line, around a parameter's array of n
// numbers: array + sd * eps + the sum over Mix of eps' M, eps standard normal.
type Belief struct {
	SD  string `json:"sd"`            // the parameter of standard deviations [n]
	Mix []Mix  `json:"mix,omitempty"` // of full rank: its own, first, and those of others
}

// A Mix is what the noise [m] of a parameter adds, by a matrix [m,n]; of its own
// matrix what is above the diagonal counts.
type Mix struct {
	From   string `json:"from"`
	Matrix string `json:"matrix"`
}

// An Init says how a parameter starts.
type Init struct {
	Kind string // constant, uniform, normal, laplace, xavier, he, orthogonal, eye, or values
	A, B float64
	// constant: A. uniform: between A and B. normal, laplace: mean A, scale B.
	// xavier: uniform with variance 2/(rows+cols). he: normal with variance
	// 2/rows. orthogonal: Q of a QR of normals, a square block at a time, times
	// A. eye: A on the diagonal.
	Values []float64
}

// A Kind is what the values of a port are.
type Kind string

// The kinds of values.
const (
	Real   Kind = "real"
	Binary Kind = "binary"
	Count  Kind = "count"
	OneOf  Kind = "one_of"
)

// A Port is a variable of the model that data are bound to.
type Port struct {
	Name     string
	Kind     Kind
	Cols     int    // its size; 1 for a number
	Scalar   bool   // declared without a size
	Classes  int    // of one_of[K]
	Observed bool   // scored; otherwise an input, given
	Static   bool   // one row a sequence; otherwise one a frame
	Missing  bool   // may have blanks
	Range    *Range // the values that it can have, where the kind does not tell
	SizeName string // the name of a size that only the data know
	Columns  []string
	// Clock is the unit of the time since the row before, which the port is fed
	// with (the first row has none, and some number above zero); empty for a
	// variable that the data hold.
	Clock string
}

// A Range is the values of a port that its distribution allows.
type Range struct {
	Low, High float64 // infinite for no end
	Ends      bool    // the ends belong to it
	Of        string  // the distribution
}

// A Site is a latent variable.
type Site struct {
	Name string
	Cols int
	Axis op.Axis // Seq or Frame
}

// A Term is one summand of the bound, a number for each frame or sequence.
type Term struct {
	Name  string // as printed: E log p(x[t] | z[t])
	Kind  TermKind
	Var   string // the variable it scores
	How   string // closed or sampled
	Pos   string // where in the program it came from
	Value *op.Value
}

// A TermKind is a kind of summand.
type TermKind uint8

// The kinds of summands.
const (
	Likelihood TermKind = iota // log p(x | ...), counts +1
	KL                         // KL(q(z | ...) || p(z | ...)), counts -1
	Prior                      // log p(z | ...), counts +1
	Posterior                  // log q(z | ...), counts -1
	Latent                     // the samples of a latent, [N,Cols]: no summand, counts 0
)

// Sign is how a term of kind k counts in the bound.
func (k TermKind) Sign() float64 {
	switch k {
	case KL, Posterior:
		return -1
	case Latent:
		return 0
	}
	return 1
}

// Annealed reports whether the term is weighted by the annealing schedule.
func (k TermKind) Annealed() bool { return k != Likelihood }
