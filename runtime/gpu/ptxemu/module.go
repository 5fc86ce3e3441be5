package ptxemu

import (
	"encoding/binary"
	"fmt"
	"sort"
	"sync/atomic"
)

// Module is a text of PTX that has been read, with its variables in memory.
type Module struct {
	// Target is what the text was made for, such as sm_80.
	Target string

	functions map[string]*Function
	globals   Memory // the variables of the module
	symbols   map[string]Symbol
	store     [][]byte // what the symbols' addresses point to
}

// Symbol is a variable of a module: its address in the host's memory, and its
// size in bytes.
type Symbol struct {
	Address uint64
	Size    int
}

// Param is where a parameter of a kernel lies, in bytes.
type Param struct {
	Offset, Size int
}

// Function is a kernel that is ready to be launched.
type Function struct {
	// Name is that of the .entry.
	Name string
	// Params tells where the launch's parameters lie.
	Params []Param
	// SharedBytes is the shared memory of a block that the text declares.
	SharedBytes int
	// MaxThreads is the most threads of a block, as .maxntid says; 0: not said.
	MaxThreads int
	// Cluster is the size of clusters of blocks, all zero where there are none.
	Cluster [3]int

	m          *Module
	code       []instr
	entry      int
	rows       int // registers, constants, special registers
	registers  int
	preds      int
	spans      int
	paramBytes int
	localBytes int // of a thread
	exact      [3]int
	constants  []constant
	specials   []fixed
	executed   int64
	limit      int64 // instructions of a launch
}

// constant is a number that instructions read from a row.
type constant struct {
	row   int
	value uint64
}

// fixed is a special register that instructions read from a row.
type fixed struct {
	row  int
	read special
}

// Load reads a module and makes every kernel of it ready. An error names the
// line that is no PTX, or an instruction that is not known here.
func Load(text string) (*Module, error) {
	p, err := parse(text)
	if err != nil {
		return nil, err
	}
	m := &Module{Target: p.target, functions: map[string]*Function{}, symbols: map[string]Symbol{}}
	if err := m.layOut(p.scope); err != nil {
		return nil, err
	}
	for _, name := range sorted(p.routines) {
		r := p.routines[name]
		if !r.kernel || !r.defined {
			continue
		}
		f, err := build(m, p, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m.functions[name] = f
	}
	return m, nil
}

func sorted[V any](m map[string]V) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Function finds a kernel by its name.
func (m *Module) Function(name string) (*Function, error) {
	if f, ok := m.functions[name]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("the module has no kernel %s; it has %v", name, sorted(m.functions))
}

// Symbol finds a variable of the module by its name.
func (m *Module) Symbol(name string) (Symbol, error) {
	if s, ok := m.symbols[name]; ok {
		return s, nil
	}
	return Symbol{}, fmt.Errorf("the module has no variable %s; it has %v", name, sorted(m.symbols))
}

// Executed is the number of instructions that all launches so far have done,
// counted by thread.
func (f *Function) Executed() int64 { return atomic.LoadInt64(&f.executed) }

// layOut gives the module's variables memory, and then their values, which may
// be addresses of each other.
func (m *Module) layOut(s *scope) error {
	var held []*variable
	for _, name := range sorted(s.vars) {
		v := s.vars[name]
		if v.space != "global" && v.space != "const" {
			continue
		}
		if v.extern {
			return fmt.Errorf("%s is declared .extern: linking is not done here", name)
		}
		b := make([]byte, max(v.size, 1)+256) // alignment is that of the slice's address
		base := spanOf(b, 0).base
		skip := int(-uintptr(base) & 255)
		b = b[skip : skip+v.size]
		m.store = append(m.store, b)
		m.symbols[name] = Symbol{m.globals.Add(b), v.size}
		held = append(held, v)
	}
	for i, v := range held {
		if err := m.fill(m.store[i], v); err != nil {
			return err
		}
	}
	return nil
}

func (m *Module) fill(b []byte, v *variable) error {
	for i, one := range v.init {
		value := one.value
		if one.symbol != "" {
			s, ok := m.symbols[one.symbol]
			if !ok {
				return fmt.Errorf("the values of %s: there is no variable %s", v.name, one.symbol)
			}
			value += s.Address
		}
		var word [8]byte
		binary.LittleEndian.PutUint64(word[:], value)
		copy(b[i*v.kind.size:][:v.kind.size], word[:])
	}
	return nil
}
