package data

// Schema is what a model asks of its data: the variables to be read and, where
// the model declares `time <unit>`, the unit of the time between rows.
type Schema struct {
	Vars     []Var
	TimeUnit string // "" where rows are one step apart
}

// Var is one variable of a model that data must supply.
type Var struct {
	Name     string
	Role     Role
	Kind     Kind
	Size     int      // number of components, 1 for a scalar; 0 = known only by the data
	SizeName string   // what the model calls that size, for messages
	Classes  int      // K of one_of[K]; 0 = the largest class in the data
	Missing  bool     // blanks are allowed
	Columns  []string // explicit columns, in order; nil = found by name
	Range    *Range   // the values that its distribution allows; nil = all of its kind
}

// Range is the values that a distribution allows.
type Range struct {
	Low, High float64 // infinite for no end
	Ends      bool    // the ends belong to it
	Of        string  // the distribution
}

// Role says how a model uses a variable.
type Role int

// The roles of data in a model.
const (
	Observed Role = iota // scored, one row a step
	Input                // given, one row a step
	Static               // one row a sequence
)

var roleNames = [...]string{"observed", "input", "static"}

// String is the keyword that declares r.
func (r Role) String() string { return roleNames[r] }

// Kind is the set of values that a variable may take.
type Kind int

// The kinds of values.
const (
	Real   Kind = iota
	Binary      // 0 or 1
	Count       // 0, 1, 2, ...
	OneOf       // 1..K in files, 0..K-1 in memory
)

var kindNames = [...]string{"real", "binary", "count", "one_of"}

// String is the type's name in the language.
func (k Kind) String() string { return kindNames[k] }

// perStep reports whether v has a row for each step of a sequence.
func (v Var) perStep() bool { return v.Role != Static }

// sizeText is v's size as a message shows it: "note = 88", "88" or "note".
func (v Var) sizeText() string {
	switch {
	case v.Size == 0:
		return v.SizeName
	case v.SizeName != "":
		return v.SizeName + " = " + itoa(v.Size)
	}
	return itoa(v.Size)
}
