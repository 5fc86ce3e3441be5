package lang

import "ssmc/lang/diag"

// A Stmt is one line of a model, net or guide: exactly one pointer is set. The
// words that begin statements are keywords only where a name follows, so that a
// variable may be called time.
type Stmt struct {
	diag.Span
	Doc      string    // the text of the /// lines above it
	Const    *Const    `parser:"  (?= ( 'dim' | 'const' | 'index' ) Ident ) @@"`
	Time     *Time     `parser:"| (?= 'time' Ident ) @@"`
	Param    *Param    `parser:"| (?= 'param' Ident ) @@"`
	Net      *NetDef   `parser:"| (?= 'net' Ident ) @@"`
	Let      *Let      `parser:"| (?= 'let' Ident ) @@"`
	Return   *Return   `parser:"| @@"`
	Decl     *Decl     `parser:"| (?= Ident Ident ) @@"`
	Relation *Relation `parser:"| @@"`
}

// A Const names a size, a number or an index: Kind is dim, const or index.
type Const struct {
	diag.Span
	Kind  string `parser:"@( 'dim' | 'const' | 'index' )"`
	Name  *Name  `parser:"@@ '='"`
	Value *Expr  `parser:"@@"`
}

// Time gives the unit of the time axis.
type Time struct {
	diag.Span
	Unit *Name `parser:"'time' @@"`
}

// A Decl declares a variable. Role is the word in front, whatever it is; Index
// is the name between brackets or nil.
type Decl struct {
	diag.Span
	Role    *Name `parser:"@@"`
	Name    *Name `parser:"@@"`
	Index   *Name `parser:"( '[' @@ ']' )?"`
	Type    *Type `parser:"':' @@"`
	Missing bool  `parser:"@'missing'?"`
	From    *Expr `parser:"( 'from' @@ )?"`
}

// A Type is a kind of values and its sizes. Name is the word that stands there,
// whatever it is.
type Type struct {
	diag.Span
	Name  *Name   `parser:"@@"`
	Sizes []*Expr `parser:"( '[' @@ ( ',' @@ )* ']' )?"`
}

// A Param declares a parameter to be learned.
type Param struct {
	diag.Span
	Name  *Name  `parser:"'param' @@"`
	Type  *Type  `parser:"':' @@"`
	Bound *Bound `parser:"@@?"`
	For   *For   `parser:"( 'for' @@ )?"`
	Prior *Expr  `parser:"( '~' @@ )?"`
	Init  *Expr  `parser:"( 'init' @@ )?"`
}

// A Bound restricts a parameter. Op is >, >=, < or <=, with Lo set for the first
// two and Hi for the others, or "in", with both.
type Bound struct {
	diag.Span
	Op     string `parser:"( @( '>=' | '<=' | '>' | '<' )"`
	Lo, Hi *Expr
	Limit  *Expr     `parser:"@@"`
	Open   *Interval `parser:"| 'in' @@ )"`
}

// An Interval is the open interval (lo, hi).
type Interval struct {
	diag.Span
	Lo *Expr `parser:"'(' @@"`
	Hi *Expr `parser:"',' @@ ')'"`
}

// A For repeats a parameter, one for each value of an index.
type For struct {
	diag.Span
	Name  *Name  `parser:"@@"`
	Range *Slice `parser:"'in' @@"`
}

// A NetDef names a net, whose weights all its calls share.
type NetDef struct {
	diag.Span
	Name  *Name `parser:"'net' @@ '='"`
	Value *Expr `parser:"@@"`
}

// A Let names a deterministic value.
type Let struct {
	diag.Span
	Target *Ref  `parser:"'let' @@ '='"`
	Value  *Expr `parser:"@@"`
}

// A Return gives the value of a net.
type Return struct {
	diag.Span
	Value *Expr `parser:"'return' @@"`
}

// A Relation says what a variable is: drawn from (~) or equal to (=).
type Relation struct {
	diag.Span
	Target *Ref   `parser:"@@"`
	Op     string `parser:"@( '~' | '=' )"`
	Value  *Expr  `parser:"@@"`
}

// A Ref is a variable, at an index, or one field of it.
type Ref struct {
	diag.Span
	Name  *Name    `parser:"@@"`
	Index []*Slice `parser:"( '[' @@ ( ',' @@ )* ']' )?"`
	Field *Name    `parser:"( '.' @@ )?"`
}
