package ptxemu

import (
	"fmt"
	"strings"
)

// parser reads the pieces of a text into routines and variables.
type parser struct {
	scope    *scope // the innermost; the outermost is the module's
	routine  *routine
	routines map[string]*routine
	target   string
	label    *target // the last one read, for .branchtargets
}

// parse reads a module. Its instructions are only split, not yet understood.
func parse(src string) (*parser, error) {
	p := &parser{scope: newScope(nil), routines: map[string]*routine{}}
	all := pieces(src)
	for i := 0; i < len(all); i++ {
		if strings.HasPrefix(all[i].text, ".section") {
			for i++; i < len(all) && all[i].end != '}'; i++ { // what debuggers read
			}
			continue
		}
		if err := p.piece(all[i]); err != nil {
			return nil, fmt.Errorf("line %d: %q: %w", all[i].line, all[i].text, err)
		}
	}
	if p.routine != nil {
		return nil, fmt.Errorf("the text ends inside %s, which began in line %d", p.routine.name, p.routine.line)
	}
	if p.target == "" {
		return nil, fmt.Errorf("no .target: this is no PTX")
	}
	return p, nil
}

func (p *parser) piece(c piece) error {
	switch c.end {
	case '{':
		return p.open(c)
	case '}':
		return p.close(c)
	case ':':
		return p.mark(c)
	}
	switch {
	case c.text == "":
		return nil
	case p.routine == nil:
		return p.directive(c)
	case c.text[0] == '.':
		return p.inner(c)
	}
	s, err := parseStmt(c)
	if err != nil {
		return err
	}
	s.scope = p.scope
	p.routine.body = append(p.routine.body, s)
	return nil
}

// directive reads a statement outside of all bodies.
func (p *parser) directive(c piece) error {
	word, rest, _ := strings.Cut(c.text, " ")
	switch word {
	case ".version", ".file", ".pragma":
		return nil
	case ".address_size":
		if strings.TrimSpace(rest) != "64" {
			return fmt.Errorf("addresses must have 64 bits")
		}
		return nil
	case ".target":
		p.target = strings.TrimSpace(rest)
		return nil
	}
	if strings.Contains(c.text, ".func") {
		_, err := p.header(c)
		return err
	}
	return p.declare(c.text)
}

// inner reads a directive inside a body.
func (p *parser) inner(c piece) error {
	word, rest, _ := strings.Cut(c.text, " ")
	switch word {
	case ".pragma", ".loc":
		return nil
	case ".branchtargets":
		if p.label == nil {
			return fmt.Errorf("a table of labels needs a name")
		}
		for _, n := range strings.Split(rest, ",") {
			p.label.table = append(p.label.table, strings.TrimSpace(n))
		}
		return nil
	}
	return p.declare(c.text)
}

func (p *parser) mark(c piece) error {
	if p.routine == nil {
		return fmt.Errorf("a label outside of all functions")
	}
	p.label = &target{at: len(p.routine.body)}
	p.scope.labels[c.text] = p.label
	return nil
}

func (p *parser) open(c piece) error {
	if c.text != "" {
		r, err := p.header(c)
		if err != nil {
			return err
		}
		if r.defined {
			return fmt.Errorf("%s is defined twice", r.name)
		}
		r.defined = true
		p.routine, p.scope = r, r.scope
		return nil
	}
	if p.routine == nil {
		return fmt.Errorf("a brace outside of all functions")
	}
	p.scope = newScope(p.scope)
	return nil
}

func (p *parser) close(c piece) error {
	if c.text != "" || p.routine == nil {
		return fmt.Errorf("a brace closes what was not opened or ended")
	}
	if p.scope == p.routine.scope {
		p.routine = nil
	}
	p.scope = p.scope.up
	return nil
}

// parseStmt splits an instruction into guard, opcode, modifiers and operands.
func parseStmt(c piece) (*stmt, error) {
	s := &stmt{line: c.line, text: strings.Join(strings.Fields(c.text), " ")}
	text := s.text
	if text[0] == '@' {
		guard, rest, ok := strings.Cut(text, " ")
		if !ok {
			return nil, fmt.Errorf("a predicate guards nothing")
		}
		s.guard, s.not = strings.CutPrefix(guard[1:], "!")
		text = rest
	}
	op, rest, _ := strings.Cut(text, " ")
	parts := strings.Split(op, ".")
	s.op, s.mods = parts[0], parts[1:]
	if rest != "" {
		s.args = splitArgs(rest)
	}
	return s, nil
}

// splitArgs cuts at the commas outside of brackets.
func splitArgs(text string) []string {
	var out []string
	depth, from := 0, 0
	for i := range len(text) {
		switch text[i] {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(text[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(text[from:]))
}
