package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/models"
)

// showCmd prints pieces of what comes with the program.
type showCmd struct {
	Name  []string `arg:"" optional:"" help:"A net, a library, a model, or 'guide' and a guide; none to list them."`
	Model string   `placeholder:"MODEL" help:"The model that a guide is written out for."`
}

// Run finds what the name means: a model, a library or a net in one.
func (c *showCmd) Run(g *globals) error {
	switch {
	case len(c.Name) == 0:
		return c.list(g)
	case c.Name[0] == "guide":
		return c.guide(g)
	case len(c.Name) > 1:
		return errors.New("show takes one name")
	}
	name := c.Name[0]
	text, ok := models.Model(name)
	if !ok {
		text, ok = models.Library(name)
	}
	if !ok {
		text, ok = netText(name)
	}
	if !ok {
		return unknown("net, library or model", name, slices.Concat(netNames(), models.Libraries(), models.Names()), "ssmc show")
	}
	_, err := fmt.Fprint(g.out, text)
	return err
}

// list names all that there is to show.
func (c *showCmd) list(g *globals) error {
	_, err := fmt.Fprintf(g.out, "models     %s\nlibraries  %s\nnets       %s\nguides     %s\n",
		strings.Join(models.Names(), " "), strings.Join(models.Libraries(), " "), strings.Join(netNames(), " "),
		strings.Join(guideNames(), " "))
	return err
}

// guide prints a guide of a model as the body that it stands for.
func (c *showCmd) guide(g *globals) error {
	if len(c.Name) > 2 || c.Model == "" {
		return errors.New("write: ssmc show guide NAME --model MODEL")
	}
	r := request{model: c.Model}
	if len(c.Name) == 2 {
		r.guide = c.Name[1]
	}
	p, err := g.compile(r)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(g.out, p.Expanded)
	return err
}

// netText is a net of the library with its doc comment, as it is written there,
// and behind it the nets that it is made of.
func netText(name string) (string, bool) {
	nets := netTexts()
	var texts []string
	seen := map[string]bool{}
	var add func(name string)
	add = func(name string) {
		text, ok := nets[name]
		if !ok || seen[name] {
			return
		}
		seen[name] = true
		texts = append(texts, text)
		for _, word := range words.FindAllString(text, -1) {
			add(word)
		}
	}
	add(name)
	return strings.Join(texts, "\n"), len(texts) > 0
}

// words are what may name a net.
var words = regexp.MustCompile(`\pL[\pL\pN_]*`)

// netTexts is every net of the library, by name.
func netTexts() map[string]string {
	texts := map[string]string{}
	for _, path := range models.Libraries() {
		f := libraryFile(path)
		for _, it := range f.Items {
			if it.Net != nil {
				texts[it.Net.Name.Text] = docLines(it.Doc) + excerpt(f.Source.Text, it.Net.Span)
			}
		}
	}
	return texts
}

func netNames() (names []string) {
	for _, path := range models.Libraries() {
		for _, it := range libraryFile(path).Items {
			if it.Net != nil {
				names = append(names, it.Net.Name.Text)
			}
		}
	}
	return names
}

// libraryFile is a library as a tree. Libraries are ours, and in order.
func libraryFile(path string) *lang.File {
	text, _ := models.Library(path)
	f, _ := lang.Parse(&diag.Source{Name: path, Text: text})
	return f
}

// docLines is a doc comment as it stands in a program.
func docLines(doc string) string {
	if doc == "" {
		return ""
	}
	return "/// " + strings.ReplaceAll(strings.TrimSpace(doc), "\n", "\n/// ") + "\n"
}

// excerpt is the piece of a text that a span covers, as whole lines.
func excerpt(text string, s diag.Span) string {
	return strings.TrimRight(text[s.Pos.Offset:s.EndPos.Offset], "\n") + "\n"
}
