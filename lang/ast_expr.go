package lang

import "ssmc/lang/diag"

// An Expr is an expression as the grammar sees it, precedence level by level.
// [Expr.Tree] folds it into the tree that is meant for reading.
type Expr struct {
	diag.Span
	Left  *Sum   `parser:"@@"`
	Op    string `parser:"( @( '==' | '!=' | '>=' | '<=' | '>' | '<' )"`
	Right *Sum   `parser:"@@ )?"`
}

// A Sum adds and subtracts products.
type Sum struct {
	diag.Span
	Head *Product   `parser:"@@"`
	Tail []*SumTail `parser:"@@*"`
}

// A SumTail is one more term of a sum.
type SumTail struct {
	diag.Span
	Op   string   `parser:"@( '+' | '-' )"`
	Term *Product `parser:"@@"`
}

// A Product multiplies and divides; @ is the matrix product.
type Product struct {
	diag.Span
	Head *Neg           `parser:"@@"`
	Tail []*ProductTail `parser:"@@*"`
}

// A ProductTail is one more factor of a product.
type ProductTail struct {
	diag.Span
	Op   string `parser:"@( '*' | '/' | '@' )"`
	Term *Neg   `parser:"@@"`
}

// A Neg is a power or its negative: -a^2 is -(a^2).
type Neg struct {
	diag.Span
	Minus *Neg   `parser:"  '-' @@"`
	Power *Power `parser:"| @@"`
}

// A Power is raised from the right: a^b^c is a^(b^c).
type Power struct {
	diag.Span
	Base *Postfix `parser:"@@"`
	Exp  *Neg     `parser:"( '^' @@ )?"`
}

// A Postfix calls, indexes and selects from a value.
type Postfix struct {
	diag.Span
	Head *Primary  `parser:"@@"`
	Tail []*Suffix `parser:"@@*"`
}

// A Suffix is one call, index or field.
type Suffix struct {
	diag.Span
	Call  *Args     `parser:"  @@"`
	Index *Brackets `parser:"| @@"`
	Field *Name     `parser:"| '.' @@"`
}

// Args are the arguments of a call.
type Args struct {
	diag.Span
	List []*Arg `parser:"'(' ( @@ ( ',' @@ )* )? ')'"`
}

// Brackets are the slices of an index.
type Brackets struct {
	diag.Span
	Slices []*Slice `parser:"'[' @@ ( ',' @@ )* ']'"`
}

// A Primary is a number, a string, a name, a [list], or what stands between
// parentheses: a plain expression, a (tuple, of, values) or a (record = of, names = too).
type Primary struct {
	diag.Span
	Number string   `parser:"  @Number"`
	String string   `parser:"| @String"`
	Name   *Name    `parser:"| @@"`
	List   *ListLit `parser:"| @@"`
	Paren  *Tupled  `parser:"| @@"`
}

// A ListLit is a list of values.
type ListLit struct {
	diag.Span
	Items []*Expr `parser:"'[' ( @@ ( ',' @@ )* )? ']'"`
}

// Tupled is what stands between parentheses.
type Tupled struct {
	diag.Span
	Items []*Arg `parser:"'(' @@ ( ',' @@ )* ')'"`
}

// An Arg passes an argument; Name is nil where it is positional.
type Arg struct {
	diag.Span
	Name  *Name `parser:"( (?= Ident '=' ) @@ '=' )?"`
	Value *Expr `parser:"@@"`
}

// A Slice is one place, or a range with both ends included.
type Slice struct {
	diag.Span
	Lo    *Expr `parser:"@@"`
	Range bool  `parser:"( @':'"`
	Hi    *Expr `parser:"@@ )?"`
}
