package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/models"
	"ssmc/runtime"
)

// globals is what all verbs share: the flags of every one, the streams, and the
// texts that findings point into.
type globals struct {
	JSON bool `help:"Print findings as JSON, one object a line."`

	ctx      context.Context
	in       io.Reader
	out, err io.Writer
	color    bool // of err
	sources  map[string]*diag.Source
	told     map[string]bool // findings that are printed
}

func newGlobals(ctx context.Context) globals {
	return globals{ctx: ctx, in: os.Stdin, out: os.Stdout, err: os.Stderr,
		color:   os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(os.Stderr.Fd())),
		sources: map[string]*diag.Source{}}
}

// errFindings is the error of a verb whose findings are already printed.
var errFindings = errors.New("there are errors in the program or its data")

// report prints findings, all of them and once. The error is errFindings where
// one of them is an error.
func (g *globals) report(found diag.List) error {
	found.Sort()
	fresh := g.untold(found)
	if g.JSON {
		enc := json.NewEncoder(g.err)
		for _, d := range fresh {
			if err := enc.Encode(d); err != nil {
				return err
			}
		}
	} else {
		diag.Render(g.err, fresh, func(name string) *diag.Source { return g.sources[name] }, g.color)
	}
	if found.HasErrors() {
		return errFindings
	}
	return nil
}

// untold is the findings that were not printed before: a verb may compile a file
// several times.
func (g *globals) untold(found diag.List) (fresh diag.List) {
	if g.told == nil {
		g.told = map[string]bool{}
	}
	for _, d := range found {
		if text := d.Error(); !g.told[text] {
			g.told[text], fresh = true, append(fresh, d)
		}
	}
	return fresh
}

func (g *globals) register(src *diag.Source) { g.sources[src.Name] = src }

// read gives the text of a program: of a file, of the model of that name that
// comes with the program, or of the standard input, which is called "-".
func (g *globals) read(name string) (*diag.Source, error) {
	src := &diag.Source{Name: name}
	if shipped, ok := models.Model(name); ok && (!exists(name) || isFolder(name)) {
		src.Name, src.Text = name+".ssm", shipped
		g.register(src)
		return src, nil
	}
	if once := g.sources["stdin"]; name == "-" && once != nil {
		return once, nil
	}
	text, err := g.readFile(name)
	if err != nil {
		return nil, err
	}
	if name == "-" {
		src.Name = "stdin"
	}
	src.Text = text
	g.register(src)
	return src, nil
}

func (g *globals) readFile(name string) (string, error) {
	if name == "-" {
		text, err := io.ReadAll(g.in)
		if err != nil {
			return "", fmt.Errorf("read standard input: %w", err)
		}
		return string(text), nil
	}
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return "", noModel(name)
	case err != nil:
		return "", fmt.Errorf("read the program: %w", err)
	}
	return string(text), nil
}

// isProgram reports whether a name is that of a file in the language.
func isProgram(name string) bool { return filepath.Ext(name) == ".ssm" }

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// noModel is the error of a model that is nowhere.
func noModel(name string) error {
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*.ssm")) // the pattern is well formed
	candidates := append(files, models.Names()...)
	if near := suggest(name, candidates); near != "" {
		return fmt.Errorf("there is no model %s; did you mean %s?", name, near)
	}
	return fmt.Errorf("there is no model %s: no such file, and the models that come with ssmc are %s",
		name, strings.Join(models.Names(), ", "))
}

// suggest is the near miss among candidates, which may also lack an extension.
func suggest(name string, candidates []string) string {
	if near := diag.Suggest(name, candidates); near != "" {
		return near
	}
	return diag.Suggest(strings.TrimSuffix(filepath.Base(name), ".ssm"), candidates)
}

// A request says what to compile, and with what.
type request struct {
	model   string // a path, or the name of a model that comes with the program
	guide   string // a name, q(...), the path of a file with one, or empty
	data    string // a path, or empty
	options data.Options
	sizes   map[string]int // known beforehand, as from the folder of a run
	fix     []string       // parameters that are constants, NAME=VALUE
	set     []string       // settings of the command line, KEY=VALUE: some of them are the compiler's

	remembered bool // the data are named as a run remembers them
}

// setting is the value that the command line gives a setting, or empty.
func (r request) setting(name string) (value string) {
	for _, s := range r.set {
		if key, v, ok := strings.Cut(s, "="); ok && strings.TrimPrefix(key, "train.") == name {
			value = v
		}
	}
	return value
}

// checkPosterior reports a setting of the posterior that has no effect.
func (r request) checkPosterior(p *program) error {
	if r.setting("posterior") != "" && !p.HasPriors() {
		return fmt.Errorf("--set posterior=%s has no effect: no parameter of %s has a prior", r.setting("posterior"), p.Model.Name)
	}
	return nil
}

// A program is a model, compiled and bound to its data if there are any.
type program struct {
	*compiler.Program
	source *diag.Source
	config *inference.Config // with the settings of the train and eval blocks
	data   *data.Bundle
}

// compile reads, compiles and binds a program, and prints all findings. The
// error is errFindings where there are errors among them.
func (g *globals) compile(r request) (*program, error) {
	src, err := g.read(r.model)
	if err != nil {
		return nil, err
	}
	if src, err = g.fixed(src, r.fix); err != nil {
		return nil, err
	}
	config, found, err := g.config(r)
	if err != nil {
		return nil, err
	}
	file, more := lang.Parse(src)
	found.Add(more...)
	if found.HasErrors() {
		return nil, g.report(found)
	}
	if config.GuideFile == nil {
		config.Guide = plainGuide(config.Guide, file)
	}
	p := &program{source: src}
	more, err = p.bind(file, config, r)
	found.Add(more...)
	offerFound(found)
	if reported := g.report(found); err == nil {
		err = reported
	}
	if err != nil {
		return nil, err
	}
	tidy()
	return p, nil
}

// config is what a request means to the compiler.
func (g *globals) config(r request) (compiler.Config, diag.List, error) {
	c := compiler.Config{Library: library, Guide: r.guide, Sizes: r.sizes, Register: g.register,
		Posterior: r.setting("posterior"), Floor: r.setting("floor")}
	if !strings.HasSuffix(r.guide, ".ssm") {
		return c, nil, nil
	}
	src, err := g.read(r.guide)
	if err != nil {
		return c, nil, fmt.Errorf("read the guide: %w", err)
	}
	f, found := lang.Parse(src)
	i := slices.IndexFunc(f.Items, func(it *lang.Item) bool { return it.Guide != nil })
	if i < 0 {
		return c, found, fmt.Errorf("there is no guide in %s", r.guide)
	}
	c.GuideFile, c.Guide = f, f.Items[i].Guide.Name.Text
	return c, found, nil
}

func library(path string) (*diag.Source, bool) {
	text, ok := models.Library(path)
	return &diag.Source{Name: path, Text: text}, ok
}

// bind compiles a file and opens its data. Sizes that only the data know take a
// second compilation: the first says what the model reads.
func (p *program) bind(f *lang.File, c compiler.Config, r request) (diag.List, error) {
	compiled, found := compiler.Compile(f, c)
	if compiled == nil {
		return found, nil
	}
	p.Program = compiled
	config, settings := configOf(compiled.Settings)
	p.config = config
	if r.data == "" {
		return append(found, settings...), nil
	}
	open := openData
	if r.remembered {
		open = openRemembered
	}
	bundle, rest, err := open(r.data, schemaOf(compiled.Model.Ports), r.options)
	rest.Add(settings...)
	if err != nil || bundle == nil {
		return append(found, rest...), err
	}
	p.data = bundle
	sizes := sizesOf(compiled.Model.Ports, bundle.Train)
	if len(sizes) > 0 || len(compiler.QueryNames(f)) > 0 { // which may read columns
		c.Sizes, c.Columns = sizes, bundle.Train.Columns
		p.Program, found = compiler.Compile(f, c)
	}
	return append(found, rest...), nil
}

// schemaOf is what a model's ports ask of its data.
func schemaOf(ports []runtime.Port) data.Schema {
	var s data.Schema
	for _, p := range ports {
		if p.Clock != "" {
			s.TimeUnit = p.Clock
			continue
		}
		s.Vars = append(s.Vars, data.Var{Name: p.Name, Role: roleOf(p), Kind: kinds[p.Kind], Size: sizeOf(p),
			SizeName: p.SizeName, Classes: p.Classes, Missing: p.Missing, Columns: p.Columns, Range: (*data.Range)(p.Range)})
	}
	return s
}

var kinds = map[runtime.Kind]data.Kind{
	runtime.Real: data.Real, runtime.Binary: data.Binary, runtime.Count: data.Count, runtime.OneOf: data.OneOf,
}

func roleOf(p runtime.Port) data.Role {
	switch {
	case p.Static:
		return data.Static
	case p.Observed:
		return data.Observed
	}
	return data.Input
}

// sizeOf is the size that the data must have: 0 where they decide.
func sizeOf(p runtime.Port) int {
	if p.SizeName != "" {
		return 0
	}
	return p.Cols
}

// sizesOf is the sizes that only the data know, by name.
func sizesOf(ports []runtime.Port, set *data.Set) map[string]int {
	sizes := map[string]int{}
	for _, p := range ports {
		if i := set.Index(p.Name); p.SizeName != "" && i >= 0 {
			sizes[p.SizeName] = set.Vars[i].Size
		}
	}
	return sizes
}
