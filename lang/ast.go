// Package lang reads .ssm text: the grammar, the syntax tree with its spans, and
// the canonical layout.
//
// The struct tags of the types below are the grammar. The package knows the
// shape of programs; it knows no name's meaning and no number. Words that stand
// where a keyword or a type belongs may be any identifier: whoever gives names
// their meaning judges them.
package lang

import "ssmc/lang/diag"

// A File is one .ssm source file.
type File struct {
	Source *diag.Source
	Items  []*Item `parser:"( @@ EOL )*"`
}

// An Item is a top-level declaration: exactly one pointer is set.
type Item struct {
	diag.Span
	Doc   string // the text of the /// lines above it
	Use   *Use   `parser:"  @@"`
	Net   *Net   `parser:"| @@"`
	Model *Model `parser:"| @@"`
	Guide *Guide `parser:"| @@"`
	Block *Block `parser:"| @@"`
	Query *Query `parser:"| @@"`
}

// A Use brings in a library: use std.nets.
type Use struct {
	diag.Span
	Path []*Name `parser:"'use' @@ ( '.' @@ )*"`
}

// A Model declares the variables of one sequence and what generates them.
type Model struct {
	diag.Span
	Name  *Name   `parser:"'model' @@"`
	Stmts []*Stmt `parser:"'{' ( @@ EOL )* '}'"`
}

// A Net is a function of the language: its parameters, the names of its
// outputs (none when it returns one plain value) and its body.
type Net struct {
	diag.Span
	Name    *Name       `parser:"'net' @@"`
	Params  []*NetParam `parser:"'(' ( @@ ( ',' @@ )* )? ')'"`
	Outputs []*Name     `parser:"( '->' '(' @@ ( ',' @@ )* ')' )?"`
	Stmts   []*Stmt     `parser:"'{' ( @@ EOL )* '}'"`
}

// A NetParam is a parameter of a net, with its default or nil.
type NetParam struct {
	diag.Span
	Name    *Name `parser:"@@"`
	Default *Expr `parser:"( '=' @@ )?"`
}

// A Guide is an approximate posterior: a kind ("auto", "exact") or factors, the
// nets it is made with, and a body where it has one.
type Guide struct {
	diag.Span
	Name    *Name     `parser:"'guide' @@ '='"`
	Kind    string    `parser:"( @( 'auto' | 'exact' )"`
	Factors []*Factor `parser:"| @@ ( '*' @@ )* )"`
	With    []*Arg    `parser:"( 'with' @@ ( ',' @@ )* )?"`
	Body    []*Stmt   `parser:"( '{' ( @@ EOL )* '}' )?"`
}

// A Factor is q(targets | given), or sum(targets) for what is summed out.
type Factor struct {
	diag.Span
	Kind    string `parser:"@( 'q' | 'sum' )"`
	Targets []*Ref `parser:"'(' @@ ( ',' @@ )*"`
	Given   []*Ref `parser:"( '|' @@ ( ',' @@ )* )? ')'"`
}

// A Block holds the defaults of a command: Kind is train, eval or simulate.
type Block struct {
	diag.Span
	Kind     string     `parser:"@( 'train' | 'eval' | 'simulate' )"`
	Name     *Name      `parser:"@@?"`
	Settings []*Setting `parser:"'{' ( @@ EOL )* '}'"`
}

// A Setting gives a key its value.
type Setting struct {
	diag.Span
	Name  *Name `parser:"@@ '='"`
	Value *Expr `parser:"@@"`
}

// A Query asks about the sequences of a data set; On names the data set or is nil.
type Query struct {
	diag.Span
	Name  *Name        `parser:"'query' @@"`
	On    *Name        `parser:"( 'on' @@ )?"`
	Stmts []*QueryStmt `parser:"'{' ( @@ EOL )* '}'"`
}

// A QueryStmt is one line of a query: exactly one pointer is set.
type QueryStmt struct {
	diag.Span
	Doc     string
	Let     *Let     `parser:"  @@"`
	Given   *Given   `parser:"| @@"`
	Do      *Do      `parser:"| @@"`
	Report  *Report  `parser:"| @@"`
	Versus  *Versus  `parser:"| @@"`
	Setting *Setting `parser:"| @@"`
}

// Given lists what is conditioned on.
type Given struct {
	diag.Span
	Refs []*Ref `parser:"'given' @@ ( ',' @@ )*"`
}

// Do sets a variable by intervention.
type Do struct {
	diag.Span
	Target *Ref  `parser:"'do' @@"`
	Value  *Expr `parser:"'=' @@"`
}

// Report names a quantity to print; As is its name or nil.
type Report struct {
	diag.Span
	Value *Expr `parser:"'report' @@"`
	As    *Name `parser:"( 'as' @@ )?"`
}

// Versus names what the reports are compared with.
type Versus struct {
	diag.Span
	Name *Name `parser:"'versus' @@"`
}

// A Name is an identifier and where it stands.
type Name struct {
	diag.Span
	Text string `parser:"@Ident"`
}
