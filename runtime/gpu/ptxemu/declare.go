package ptxemu

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var wordForm = regexp.MustCompile(`[\w$%.]+|[^\s]`)

func words(text string) []string { return wordForm.FindAllString(text, -1) }

// declaration reads one declaration of variables, word by word.
type declaration struct {
	words []string
	i     int
	scope *scope
}

// declare reads a declaration into the innermost scope.
func (p *parser) declare(text string) error {
	d := declaration{words: words(text), scope: p.scope}
	_, err := d.read()
	return err
}

func (d *declaration) peek() string {
	if d.i < len(d.words) {
		return d.words[d.i]
	}
	return ""
}

func (d *declaration) next() string {
	w := d.peek()
	d.i++
	return w
}

func (d *declaration) accept(w string) bool {
	if d.peek() != w {
		return false
	}
	d.i++
	return true
}

func (d *declaration) expect(w string) error {
	if got := d.next(); got != w {
		return fmt.Errorf("%q where %q should stand", got, w)
	}
	return nil
}

func (d *declaration) number() (int, error) { return strconv.Atoi(d.next()) }

// read reads the whole: space, alignment, type, then names with their sizes.
func (d *declaration) read() ([]*variable, error) {
	v := variable{}
	if err := d.attributes(&v); err != nil {
		return nil, err
	}
	if v.space == "" || v.kind.name == "" {
		return nil, fmt.Errorf("no declaration that is known here")
	}
	var out []*variable
	for {
		one := v
		made, err := d.name(one)
		if err != nil {
			return nil, err
		}
		out = append(out, made...)
		if !d.accept(",") {
			break
		}
	}
	if d.i < len(d.words) {
		return nil, fmt.Errorf("%q is left over", d.peek())
	}
	return out, nil
}

func (d *declaration) attributes(v *variable) (err error) {
	for strings.HasPrefix(d.peek(), ".") && err == nil {
		switch w := d.next()[1:]; w {
		case "visible", "weak", "common":
		case "extern":
			v.extern = true
		case "reg", "global", "const", "shared", "local", "param":
			v.space = w
		case "align":
			v.align, err = d.number()
		case "ptr":
			err = d.pointee()
		case "attribute":
			err = fmt.Errorf("attributes of variables are unknown here")
		default:
			k, ok := kinds[w]
			if !ok {
				return fmt.Errorf("unknown type .%s", w)
			}
			v.kind = k
		}
	}
	return err
}

// pointee reads past what is said of the memory a parameter points to.
func (d *declaration) pointee() error {
	switch d.peek() {
	case ".global", ".const", ".shared", ".local":
		d.i++
	}
	if d.accept(".align") {
		_, err := d.number()
		return err
	}
	return nil
}

// name reads one name: %r<9> makes nine, a[2][3] an array, and = gives values.
func (d *declaration) name(v variable) ([]*variable, error) {
	v.name, v.size = d.next(), max(v.kind.size, 1)
	v.align = max(v.align, v.size)
	if !isName(v.name) {
		return nil, fmt.Errorf("%q is no name", v.name)
	}
	if d.accept("<") {
		n, err := d.number()
		if err != nil {
			return nil, err
		}
		return d.numbered(v, n), d.expect(">")
	}
	if err := d.extents(&v); err != nil {
		return nil, err
	}
	if d.accept("=") {
		if err := d.initialiser(&v); err != nil {
			return nil, err
		}
	}
	d.scope.vars[v.name] = &v
	return []*variable{&v}, nil
}

func (d *declaration) numbered(v variable, n int) []*variable {
	out := make([]*variable, n)
	for i := range out {
		one := v
		one.name = v.name + strconv.Itoa(i)
		out[i] = &one
		d.scope.vars[one.name] = &one
	}
	return out
}

func (d *declaration) extents(v *variable) error {
	open := false
	for d.accept("[") {
		if d.accept("]") { // as long as the initialiser, or as a launch asks
			open = true
			v.size = 0
			continue
		}
		n, err := d.number()
		if err != nil {
			return err
		}
		v.size *= n
		if err := d.expect("]"); err != nil {
			return err
		}
	}
	if open && d.peek() != "=" {
		v.extern = true
	}
	return nil
}

// initialiser reads a value, or values in braces, however nested.
func (d *declaration) initialiser(v *variable) error {
	for depth := 0; ; {
		switch {
		case d.accept("{"):
			depth++
		case d.accept("}"):
			depth--
		case d.accept(","):
		default:
			one, err := d.value(v.kind)
			if err != nil {
				return err
			}
			v.init = append(v.init, one)
		}
		if depth == 0 {
			break
		}
		if d.peek() == "" {
			return fmt.Errorf("the values of %s do not end", v.name)
		}
	}
	need := len(v.init) * v.kind.size
	if v.size == 0 {
		v.size = need
	}
	if need > v.size {
		return fmt.Errorf("%s has %d bytes, and values for %d", v.name, v.size, need)
	}
	return nil
}

// value reads a number, an address, or generic(address), and what is added.
func (d *declaration) value(k kind) (initial, error) {
	if d.accept("generic") {
		if err := d.expect("("); err != nil {
			return initial{}, err
		}
		one, err := d.value(k)
		if err != nil {
			return one, err
		}
		return one, d.expect(")")
	}
	sign := ""
	if d.accept("-") {
		sign = "-"
	}
	w := d.next()
	if sign == "" && isName(w) {
		one := initial{symbol: w}
		if d.accept("+") {
			n, err := d.number()
			one.value = uint64(n)
			return one, err
		}
		return one, nil
	}
	bits, err := literal(sign+w, k)
	return initial{value: bits}, err
}
