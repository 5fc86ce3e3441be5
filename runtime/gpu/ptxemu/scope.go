package ptxemu

// variable is anything that is declared: a register, an array in some space, a
// parameter of a kernel or function.
type variable struct {
	name   string
	space  string // reg, shared, local, param, global, const
	kind   kind
	size   int // bytes
	align  int
	extern bool
	init   []initial
}

// initial is a number of an initialiser, or the address of a symbol plus it.
type initial struct {
	symbol string
	value  uint64
}

// target is where a label stands, or the labels that a table of them lists.
type target struct {
	at    int // the number of the statement it stands before, in its routine
	table []string
}

// scope is what the names between two braces mean.
type scope struct {
	up     *scope
	vars   map[string]*variable
	labels map[string]*target
}

func newScope(up *scope) *scope {
	return &scope{up: up, vars: map[string]*variable{}, labels: map[string]*target{}}
}

func (s *scope) variable(name string) *variable {
	for ; s != nil; s = s.up {
		if v, ok := s.vars[name]; ok {
			return v
		}
	}
	return nil
}

func (s *scope) label(name string) *target {
	for ; s != nil; s = s.up {
		if l, ok := s.labels[name]; ok {
			return l
		}
	}
	return nil
}

// stmt is one instruction.
type stmt struct {
	line  int
	text  string
	scope *scope
	guard string   // the predicate of @%p
	not   bool     // the guard is @!%p
	op    string   // the opcode before the first dot
	mods  []string // what follows, without dots
	args  []string
}

// routine is a kernel or a function with its statements in order.
type routine struct {
	name    string
	line    int
	kernel  bool
	results []*variable
	params  []*variable
	scope   *scope
	body    []*stmt
	defined bool

	cluster    [3]int
	maxThreads int
	exact      [3]int // .reqntid
}
