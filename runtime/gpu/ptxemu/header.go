package ptxemu

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var headerForm = regexp.MustCompile(`^((?:\.\w+ +)*)\.(entry|func) *(?:\.\w+ +)*(\([^)]*\))? *([\w$]+) *(\([^)]*\))?(.*)$`)

// header reads what stands before a body, or the declaration of a function.
func (p *parser) header(c piece) (*routine, error) {
	m := headerForm.FindStringSubmatch(strings.Join(strings.Fields(c.text), " "))
	if m == nil {
		return nil, fmt.Errorf("no head of a kernel or function")
	}
	r := p.routines[m[4]]
	if r != nil && r.defined && c.end == ';' {
		return r, nil
	}
	if r == nil {
		r = &routine{name: m[4]}
		p.routines[m[4]] = r
	}
	if r.defined {
		return nil, fmt.Errorf("%s is defined twice", r.name)
	}
	r.line, r.kernel, r.scope = c.line, m[2] == "entry", newScope(p.scope)
	var err error
	if r.results, err = paramList(r.scope, m[3]); err != nil {
		return nil, err
	}
	if r.params, err = paramList(r.scope, m[5]); err != nil {
		return nil, err
	}
	return r, r.limits(m[6])
}

func paramList(s *scope, text string) ([]*variable, error) {
	text = strings.TrimSpace(strings.Trim(text, "()"))
	if text == "" {
		return nil, nil
	}
	var out []*variable
	for _, part := range strings.Split(text, ",") {
		d := declaration{words: words(part), scope: s}
		vs, err := d.read()
		if err != nil {
			return nil, err
		}
		if len(vs) != 1 || vs[0].space != "param" {
			return nil, fmt.Errorf("%q is no parameter in .param space", strings.TrimSpace(part))
		}
		out = append(out, vs[0])
	}
	return out, nil
}

// limits reads the directives between parameters and body.
func (r *routine) limits(text string) error {
	for _, d := range strings.Split(text, " .") {
		name, rest, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(d), "."), " ")
		n, err := triple(rest)
		switch name {
		case "maxntid":
			r.maxThreads = n[0] * n[1] * n[2]
		case "reqntid":
			r.exact = n
		case "reqnctapercluster":
			r.cluster = n
		case "", "minnctapersm", "maxnctapersm", "maxnreg", "explicitcluster", "maxclusterrank",
			"noreturn", "pragma", "abi_preserve", "unified":
			err = nil
		default:
			return fmt.Errorf("unknown directive .%s", name)
		}
		if err != nil {
			return fmt.Errorf(".%s: %w", name, err)
		}
	}
	return nil
}

// triple reads up to three numbers; those that are not given are one.
func triple(text string) ([3]int, error) {
	out := [3]int{1, 1, 1}
	for i, t := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(t))
		if err != nil || i > 2 {
			return out, fmt.Errorf("%q is not up to three numbers", text)
		}
		out[i] = n
	}
	return out, nil
}
