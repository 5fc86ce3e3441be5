package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ssmc/inference"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// resolve is the text of a program as it will be fitted: with the guide chosen
// and all settings in force, so that it needs no flags to be fitted again. The
// train and eval blocks that it had make way for new ones.
func (g *globals) resolve(p *program) (string, error) {
	file, found := lang.Parse(p.source)
	if err := found.Err(); err != nil {
		return "", err
	}
	own := p.Guide.Span.Pos.Filename == p.source.Name
	var cuts []diag.Span
	for _, it := range file.Items {
		switch {
		case it.Block != nil && it.Block.Kind != "simulate":
			cuts = append(cuts, it.Block.Span)
		case it.Guide != nil && !own && it.Guide.Name.Text == p.Model.Guide:
			cuts = append(cuts, it.Guide.Span)
		}
	}
	text := without(p.source.Text, cuts)
	if !own {
		text += "\n" + g.guideText(p.Guide) + "\n"
	}
	text += "\n" + blocks(p.config, p.Model.Guide, p.HasPriors())
	text, found = lang.Format(&diag.Source{Name: p.source.Name, Text: text})
	if err := found.Err(); err != nil {
		return "", fmt.Errorf("write the resolved program: %w", err)
	}
	return text, nil
}

// without is a text less what some spans cover.
func without(text string, cuts []diag.Span) string {
	for _, c := range slices.Backward(cuts) {
		text = text[:c.Pos.Offset] + text[c.EndPos.Offset:]
	}
	return text
}

// guideText is a guide with its body if it has one.
func (g *globals) guideText(guide *lang.Guide) string {
	text := lang.Text(guide)
	if guide.Body == nil {
		return text
	}
	written := g.sources[guide.Span.Pos.Filename].Text[guide.Span.Pos.Offset:guide.Span.EndPos.Offset]
	return text + " " + written[strings.Index(written, "{"):] // nothing before the body has a brace
}

// blocks are the settings in force as train and eval blocks. How many threads
// there are and how often a run is saved change no result, and are left out, and so
// is how parameters with priors are inferred where there are none.
func blocks(c *inference.Config, guide string, priors bool) string {
	train, eval := &entry{args: []*entry{{name: "guide", value: guide}}}, &entry{}
	for _, s := range c.Effective() {
		root, key := train, strings.Split(s.Key, ".")
		if key[0] == "eval" {
			root, key = eval, key[1:]
		}
		if key[0] != "threads" && key[0] != "checkpoint" && (priors || key[0] != "posterior") {
			root.put(key, literal(s.Value))
		}
	}
	return train.block("train") + "\n" + eval.block("eval")
}

// plainLiteral is a number, a name, or names with points between them.
var plainLiteral = regexp.MustCompile(`^([\p{L}_][\p{L}\p{Nd}_.]*|[0-9.]+(e[-+]?[0-9]+)?)$`)

// literal is a value as the language writes it.
func literal(value string) string {
	if plainLiteral.MatchString(value) {
		return value
	}
	return strconv.Quote(value)
}

// An entry is a setting with those below it: optimizer = adam(lr=8e-4).
type entry struct {
	name, value string
	args        []*entry
}

// put sets the value of the entry that a key leads to.
func (e *entry) put(key []string, value string) {
	if len(key) == 0 {
		e.value = value
		return
	}
	i := slices.IndexFunc(e.args, func(a *entry) bool { return a.name == key[0] })
	if i < 0 {
		i, e.args = len(e.args), append(e.args, &entry{name: key[0]})
	}
	e.args[i].put(key[1:], value)
}

// text is the entry's value with its arguments. Those of penalties have numbers
// for names: they make a list.
func (e *entry) text() string {
	var args []string
	numbered := false
	for _, a := range e.args {
		if _, err := strconv.Atoi(a.name); err == nil {
			args, numbered = append(args, a.text()), true
			continue
		}
		args = append(args, a.name+"="+a.text())
	}
	switch {
	case len(args) == 0:
		return e.value
	case numbered && len(args) == 1:
		return args[0]
	case numbered:
		return "[" + strings.Join(args, ", ") + "]"
	}
	return e.value + "(" + strings.Join(args, ", ") + ")"
}

// block is the entry's arguments as a block.
func (e *entry) block(kind string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s {\n", kind)
	for _, a := range e.args {
		fmt.Fprintf(&b, "  %s = %s\n", a.name, a.text())
	}
	return b.String() + "}\n"
}
