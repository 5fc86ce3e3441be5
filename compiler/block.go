package compiler

import (
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A Setting is one default of a command, flattened: optimizer.lr = 8e-4. At is
// where it stands.
type Setting struct {
	Block, Key, Value string
	At                diag.Span
}

// flattenBlocks turns the train and eval blocks into settings: key = f(a, b=c)
// becomes key = f, key.0 = a, key.b = c.
func (u *unit) flattenBlocks() {
	for _, b := range u.blocks {
		if b.Kind == "simulate" {
			continue
		}
		for _, s := range b.Settings {
			if b.Kind == "train" && s.Name.Text == "guide" {
				continue
			}
			u.flatten(b.Kind, s.Name.Text, s.Value.Tree())
		}
	}
}

func (u *unit) flatten(block, key string, n lang.Node) {
	put := func(v string) { u.settings = append(u.settings, Setting{block, key, v, n.At()}) }
	switch n := n.(type) {
	case *lang.Call:
		put(lang.Text(n.Fun))
		for i, a := range n.Args {
			name := a.Name
			if name == "" {
				name = itoa(i)
			}
			u.flatten(block, key+"."+name, a.Value)
		}
	case *lang.String:
		put(n.Value)
	case *lang.List:
		u.flattenList(block, key, n)
	default:
		put(lang.Text(n))
	}
}

// flattenList is key.0, key.1 and so on for a list of calls, and otherwise the
// items with commas between them.
func (u *unit) flattenList(block, key string, l *lang.List) {
	var items []string
	for i, x := range l.Items {
		if _, isCall := x.(*lang.Call); isCall {
			u.flatten(block, key+"."+itoa(i), x)
			continue
		}
		items = append(items, lang.Text(x))
	}
	if len(items) > 0 {
		u.settings = append(u.settings, Setting{block, key, strings.Join(items, ","), l.Span})
	}
}
