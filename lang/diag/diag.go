// Package diag describes what is wrong with a program or its data, where, and
// how to put it right. A diagnostic is data; this package renders it, for people
// and for editors, and explains its code. It knows no grammar and no model.
package diag

import (
	"encoding/json"
	"fmt"
)

// A Source is the text of one file.
type Source struct{ Name, Text string }

// A Severity says whether a diagnostic stops compilation.
type Severity int

// The severities. The zero value is an error.
const (
	Error Severity = iota
	Warning
)

// String names the severity as it is printed.
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// A Note points at a second place that explains a diagnostic. Its span may be
// zero, for a remark with no place.
type Note struct {
	Span    Span
	Message string
}

// A Diagnostic is one finding about a program or its data.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Span     Span
	Message  string // the fact, one line, no full stop
	Help     string // what to do about it; may be empty
	Notes    []Note
}

// Errorf makes an error.
func Errorf(c Code, at Span, format string, args ...any) *Diagnostic {
	return &Diagnostic{Code: c, Span: at, Message: fmt.Sprintf(format, args...)}
}

// Warnf makes a warning.
func Warnf(c Code, at Span, format string, args ...any) *Diagnostic {
	return &Diagnostic{Code: c, Severity: Warning, Span: at, Message: fmt.Sprintf(format, args...)}
}

// Helpf sets the help text and returns d.
func (d *Diagnostic) Helpf(format string, args ...any) *Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// Notef adds a note and returns d.
func (d *Diagnostic) Notef(at Span, format string, args ...any) *Diagnostic {
	d.Notes = append(d.Notes, Note{at, fmt.Sprintf(format, args...)})
	return d
}

// Error is the diagnostic on one line, without its source.
func (d *Diagnostic) Error() string {
	text := fmt.Sprintf("%s%s[%s]: %s", place(d.Span), d.Severity, d.Code, d.Message)
	if d.Help != "" {
		text += "; " + d.Help
	}
	return text
}

// place is the span's start as "file:line:column: ", less what is not known.
func place(s Span) string {
	p := s.Pos
	switch {
	case p.Line == 0 && p.Filename == "":
		return ""
	case p.Line == 0:
		return p.Filename + ": "
	case p.Filename == "":
		return fmt.Sprintf("%d:%d: ", p.Line, p.Column)
	}
	return fmt.Sprintf("%s:%d:%d: ", p.Filename, p.Line, p.Column)
}

// jsonRange is a span as editors read it: lines and columns from 1, columns in
// runes, offsets in bytes, the end exclusive.
type jsonRange struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	Offset    int    `json:"offset"`
	EndLine   int    `json:"end_line"`
	EndColumn int    `json:"end_column"`
	EndOffset int    `json:"end_offset"`
}

type jsonNote struct {
	jsonRange
	Message string `json:"message"`
}

type jsonDiagnostic struct {
	Code     Code   `json:"code"`
	Severity string `json:"severity"`
	jsonRange
	Message string     `json:"message"`
	Help    string     `json:"help,omitempty"`
	Notes   []jsonNote `json:"notes,omitempty"`
}

// MarshalJSON gives the form that editors and other tools read. Its keys are
// stable.
func (d *Diagnostic) MarshalJSON() ([]byte, error) {
	out := jsonDiagnostic{
		Code: d.Code, Severity: d.Severity.String(), jsonRange: rangeOf(d.Span),
		Message: d.Message, Help: d.Help,
	}
	for _, n := range d.Notes {
		out.Notes = append(out.Notes, jsonNote{rangeOf(n.Span), n.Message})
	}
	return json.Marshal(out)
}

func rangeOf(s Span) jsonRange {
	return jsonRange{
		File: s.Pos.Filename, Line: s.Pos.Line, Column: s.Pos.Column, Offset: s.Pos.Offset,
		EndLine: s.EndPos.Line, EndColumn: s.EndPos.Column, EndOffset: s.EndPos.Offset,
	}
}
