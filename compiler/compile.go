// Package compiler turns a syntax tree into a model that can be run: names,
// sizes, the guide, the bound, and its graph. It knows nothing of optimisers,
// files or the command line.
package compiler

import (
	"fmt"

	"ssmc/compiler/dist"
	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A Config says what to compile a file with.
type Config struct {
	// Library gives the source of a library by its path, "std.nets".
	Library func(path string) (*diag.Source, bool)
	// Guide is the name of a guide, a factorisation q(...), or empty for the
	// guide that the file's train block names.
	Guide string
	// GuideFile is a file with guides to choose from, beside the model's own.
	GuideFile *lang.File
	// Posterior is how parameters with priors are inferred, MeanField, FullRank or
	// MAP; empty for what the train block says, or else MeanField.
	Posterior string
	// Floor is what variances, scales and rates are kept above, as text; empty for
	// what the train block says, or else DefaultFloor.
	Floor string
	// Sizes are the sizes that only the data know, by name. A missing one is
	// given a size of convenience: enough to check a program, not to fit it.
	Sizes map[string]int
	// Columns are the columns of the data that variables were found under, by
	// variable; nil where there are no data yet.
	Columns map[string][]string
	// Register is told of every text that a diagnostic may point into, beside
	// the file's own: libraries, and guides written out.
	Register func(*diag.Source)
}

// A Program is a compiled file.
type Program struct {
	Model    *runtime.Model
	Settings []Setting   // of the train and eval blocks, flattened
	Guide    *lang.Guide // as written
	Expanded string      // the guide in full, as a body
	Grades   []Grade     // of the guide's factors, in the order in which they draw
	Terms    []Term      // of the bound with closed divergences
	unit     *unit
}

// Compile runs the phases in order. The list holds all independent findings;
// the program is nil where one of them is an error.
func Compile(f *lang.File, c Config) (*Program, diag.List) {
	u := newUnit(f, c)
	phases := []func(){
		u.loadLibraries,   // use std.nets
		u.findModel,       // the one model, its guides and blocks
		u.declare,         // names, roles, sizes
		u.placeStatements, // each variable's definitions, at which times
		u.checkCycles,     // what needs itself at the same time
		u.chooseGuide,     // by name, by q(...), or the train block's
		u.expandGuide,     // one line of mathematics to a body
		u.evalGuide,       // the latents, as samples
		u.evalModel,       // the densities, at the samples
		u.formBound,       // which terms are closed, which sampled
		u.gradeGuide,      // what it does not see
		u.checkQueries,    // what will be asked of the fitted model
		u.warnUnused,      // names that nothing reads
		u.flattenBlocks,   // settings
	}
	for _, phase := range phases {
		phase()
		if u.stopped {
			break
		}
	}
	u.found.Sort()
	if u.found.HasErrors() {
		return nil, u.found
	}
	return u.program(), u.found
}

func newUnit(f *lang.File, c Config) *unit {
	return &unit{file: f, config: c, build: ir.NewBuilder(), touched: map[string]bool{}, mixtures: map[string]*dist.Dist{}}
}

// A unit is one compilation on its way through the phases.
type unit struct {
	file    *lang.File
	config  Config
	build   *ir.Builder
	found   diag.List
	stopped bool // the next phase would have nothing to stand on

	libraries map[string]*lang.File
	nets      map[string]*lang.Net // of the file
	libNets   map[string]libNet    // of every library
	used      map[string]bool      // library paths in use

	model   *lang.Model
	blocks  []*lang.Block
	guides  []*lang.Guide
	queries []*lang.Query

	names     map[string]value // what the model's names mean
	touched   map[string]bool  // which of them were used
	order     []*variable      // observed, latent, input, static, as declared
	params    []runtime.Param
	byName    map[string]int // parameters
	numbers   int            // in them
	unbound   int            // sizes of convenience given so far
	masks     int            // of dropout so far
	promised  []*timed       // stood for by promises
	elsewhere int            // definitions under evaluation that are read at another time
	evaluated []*timed       // in the order in which they were done

	otherTimes map[*ir.Node]string // what reads other times, in words

	beliefs []*believed // parameters with priors, as declared
	floors  []PlannedFloor

	guide    *lang.Guide
	inherits *lang.Guide // whose `with` a named structure took over
	grades   []Grade     // of its factors
	body     *lang.Guide // the guide with its body
	expanded string      // its text

	drawing    *guideScope           // the guide that is being evaluated
	mixtures   map[string]*dist.Dist // by the names of their parts
	samples    map[string]*draw      // q of each latent
	priors     map[string]*draw      // p of each latent
	likes      []*draw               // p of each observed variable
	switched   []switched            // p of each variable that depends on classes, by state
	classDraws map[string][]*draw    // p of each class, by state
	terms      []Term                // closed where possible
	sampled    []Term                // log p - log q
	together   []*variable           // observed ones that a Kalman filter takes in, side by side

	settings []Setting
}

// errorf reports an error.
func (u *unit) errorf(c diag.Code, at diag.Span, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(c, at, format, args...)
	u.found = append(u.found, d)
	return d
}

// warnf reports a warning.
func (u *unit) warnf(c diag.Code, at diag.Span, format string, args ...any) *diag.Diagnostic {
	d := diag.Warnf(c, at, format, args...)
	u.found = append(u.found, d)
	return d
}

// position is how a place in a program is written in messages about numbers.
func position(s diag.Span) string {
	return fmt.Sprintf("%s:%d:%d", s.Pos.Filename, s.Pos.Line, s.Pos.Column)
}
