package diag

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Render writes the list for people: each finding, the line it is on, carets
// under the span with the help after them, and its notes.
//
//	dmm.ssm:7:10: error[unknown-name]: no distribution is called Guassian
//	   7 |   z[t] ~ Guassian(mean=0)
//	     |          ^^^^^^^^ did you mean Gaussian?
//
// The sources give the text of a file by the name in a span, or nil where there
// is none to show, as for data. Write errors are the writer's to keep.
func Render(w io.Writer, l List, sources func(name string) *Source, color bool) {
	for _, d := range l {
		io.WriteString(w, d.Render(sources, color))
	}
}

// Render draws one diagnostic; see the function of that name.
func (d *Diagnostic) Render(sources func(name string) *Source, color bool) string {
	p := &picture{sources: sources, gutter: 4}
	p.paint = plain
	if color {
		p.paint = ansi
	}
	for _, s := range d.spans() {
		p.gutter = max(p.gutter, len(strconv.Itoa(s.EndPos.Line))+2)
	}
	p.headline(d)
	p.show(d.Span, d.Severity.String(), d.Help)
	for _, n := range d.Notes {
		fmt.Fprintf(&p.out, "%s%s %s\n", place(n.Span), p.paint("note", "note:"), oneLine(n.Message))
		p.show(n.Span, "note", "")
	}
	return p.out.String()
}

// Excerpt draws the lines of a span with carets under it, as Render does.
func Excerpt(s Span, sources func(name string) *Source) string {
	p := &picture{sources: sources, gutter: max(4, len(strconv.Itoa(s.EndPos.Line))+2), paint: plain}
	p.show(s, "", "")
	return p.out.String()
}

func (d *Diagnostic) spans() []Span {
	all := []Span{d.Span}
	for _, n := range d.Notes {
		all = append(all, n.Span)
	}
	return all
}

// styles are the ANSI codes of what is painted.
var styles = map[string]string{
	"error": "1;31", "warning": "1;33", "note": "1;36", "help": "1;32", "frame": "34", "strong": "1",
}

func ansi(style, text string) string { return "\x1b[" + styles[style] + "m" + text + "\x1b[0m" }

func plain(_, text string) string { return text }

// A picture is a diagnostic being drawn.
type picture struct {
	out     strings.Builder
	sources func(name string) *Source
	paint   func(style, text string) string
	gutter  int // columns before the bar
}

func (p *picture) headline(d *Diagnostic) {
	label := fmt.Sprintf("%s[%s]:", d.Severity, d.Code)
	fmt.Fprintf(&p.out, "%s%s %s\n", p.paint("strong", place(d.Span)),
		p.paint(d.Severity.String(), label), p.paint("strong", oneLine(d.Message)))
}

// show draws the lines of a span with carets, and the help after the last. Where
// there is no text to show, the help has a line of its own.
func (p *picture) show(s Span, style, help string) {
	marked := p.marked(s)
	for i, m := range marked {
		if i > 0 && m.number > marked[i-1].number+1 {
			fmt.Fprintf(&p.out, "%s\n", p.paint("frame", strings.Repeat(" ", p.gutter-1)+"..."))
		}
		text, indent, carets := m.window()
		p.row(strconv.Itoa(m.number), text)
		line := strings.Repeat(" ", indent) + p.paint(style, strings.Repeat("^", carets))
		if i == len(marked)-1 && help != "" {
			line += " " + p.help(help, indent+carets+1)
		}
		p.row("", line)
	}
	if len(marked) == 0 && help != "" {
		fmt.Fprintf(&p.out, "  %s\n", p.help(help, 0))
	}
}

// help paints help; its further lines are indented as far as its first.
func (p *picture) help(text string, indent int) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = p.paint("help", oneLine(l))
	}
	frame := "\n" + p.bar("") + strings.Repeat(" ", indent)
	if indent == 0 {
		frame = "\n  "
	}
	return strings.Join(lines, frame)
}

func (p *picture) bar(number string) string {
	return p.paint("frame", fmt.Sprintf("%*s | ", p.gutter, number))
}

func (p *picture) row(number, text string) {
	p.out.WriteString(strings.TrimRight(p.bar(number)+text, " ") + "\n")
}

// marked finds the first and the last line of a span.
func (p *picture) marked(s Span) []marked {
	if s.Pos.Line < 1 || p.sources == nil {
		return nil
	}
	src := p.sources(s.Pos.Filename)
	if src == nil {
		return nil
	}
	lines := strings.Split(strings.TrimPrefix(src.Text, "\uFEFF"), "\n")
	if s.Pos.Line > len(lines) {
		return nil
	}
	if s.EndPos.Line <= s.Pos.Line || s.EndPos.Line > len(lines) {
		return []marked{newMarked(lines, s.Pos.Line, s.Pos.Column, s.EndPos.Column, s.EndPos.Line > s.Pos.Line)}
	}
	first := newMarked(lines, s.Pos.Line, s.Pos.Column, 0, true)
	if s.EndPos.Column <= 1 { // it ends with the line before
		return []marked{first}
	}
	return []marked{first, newMarked(lines, s.EndPos.Line, 0, s.EndPos.Column, false)}
}
