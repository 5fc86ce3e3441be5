package diag

import "github.com/alecthomas/participle/v2/lexer"

// A Span is a half-open range of a source. Embed it in a syntax node and the
// parser fills it in. Lines and columns count from 1, columns in runes.
type Span struct {
	Pos    lexer.Position
	EndPos lexer.Position
}

// At returns the span itself, so that whatever embeds a span has a place.
func (s Span) At() Span { return s }

// IsZero reports whether the span names no place at all.
func (s Span) IsZero() bool { return s == Span{} }

// To is the span from the start of s to the end of t.
func (s Span) To(t Span) Span { return Span{s.Pos, t.EndPos} }

// Start is the empty span at the beginning of s.
func (s Span) Start() Span { return Span{s.Pos, s.Pos} }

// End is the empty span just after s.
func (s Span) End() Span { return Span{s.EndPos, s.EndPos} }

// Cell is the span of a place in a data file, which has a line and a column
// (both from 1) but no text to show.
func Cell(file string, line, column int) Span {
	p := lexer.Position{Filename: file, Line: line, Column: column}
	return Span{p, p}
}
