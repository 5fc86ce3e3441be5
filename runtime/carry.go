package runtime

// A Carrier is a machine that knows, of each sequence that goes on, what later
// steps read of earlier ones: a batch may then hold a piece of it that begins
// where the piece before ended. No gradient goes back over the cut.
type Carrier interface {
	// Carried is what the machine knows after its last run, in a fixed order.
	Carried() []Carried
	// Carry has the machine know that, and nothing else.
	Carry([]Carried) error
}

// Carried is what one operation reads of the steps before a cut.
type Carried struct {
	Op       int       // the number of the operation in the machine
	Sequence int       // in its data set
	Step     int       // that comes next, from 0
	Rows     []float32 // of the last steps, the earliest first, K samples each
}
