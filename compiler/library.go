package compiler

import (
	"fmt"
	"slices"

	"ssmc/lang"
	"ssmc/lang/diag"
)

// A libNet is a net of a library and the library it is in.
type libNet struct {
	net  *lang.Net
	path string
}

// guideLibraries are at a one-line guide's hand without a use.
var guideLibraries = []string{"std.nets", "std.cells", "std.flows"}

// loadLibraries reads the libraries that the file uses, and those of guides.
func (u *unit) loadLibraries() {
	u.libraries, u.libNets = map[string]*lang.File{}, map[string]libNet{}
	u.nets, u.used = map[string]*lang.Net{}, map[string]bool{}
	for _, path := range guideLibraries {
		u.load(path, diag.Span{})
	}
	for _, it := range u.file.Items {
		if it.Use == nil {
			continue
		}
		path := ""
		for i, n := range it.Use.Path {
			if i > 0 {
				path += "."
			}
			path += n.Text
		}
		u.used[path] = true
		u.load(path, it.Use.Span)
	}
}

func (u *unit) load(path string, at diag.Span) {
	if u.libraries[path] != nil {
		return
	}
	if u.config.Library == nil {
		u.config.Library = func(string) (*diag.Source, bool) { return nil, false }
	}
	src, ok := u.config.Library(path)
	if !ok {
		if !at.IsZero() {
			u.errorf(diag.UnknownLibrary, at, "there is no library %s", path).Helpf("%s", suggestOr(path, guideLibraries, fmt.Sprint("the libraries are ", guideLibraries)))
		}
		return
	}
	u.register(src)
	f, found := lang.Parse(src)
	u.found = append(u.found, found...)
	u.libraries[path] = f
	for _, it := range f.Items {
		if it.Net != nil {
			u.libNets[it.Net.Name.Text] = libNet{it.Net, path}
		}
	}
}

// register tells of a text that a diagnostic may point into.
func (u *unit) register(src *diag.Source) {
	if u.config.Register != nil {
		u.config.Register(src)
	}
}

// lookupNet finds a net of the file or of a library in use; free looks in every
// library.
func (u *unit) lookupNet(name string, use bool) (*lang.Net, bool) {
	if n := u.nets[name]; n != nil {
		return n, true
	}
	l, ok := u.libNets[name]
	if !ok || use && !u.used[l.path] {
		return nil, false
	}
	return l.net, true
}

func (u *unit) unknownNet(ref *lang.NameRef) {
	d := u.errorf(diag.UnknownName, ref.Span, "there is no net %s", ref.Name)
	if l, ok := u.libNets[ref.Name]; ok {
		d.Helpf("it is in %s: add the line use %s at the top", l.path, l.path)
		return
	}
	d.Helpf("%s", suggestOr(ref.Name, u.netNames(), "the library has "+fmt.Sprint(u.netNames())))
}

func (u *unit) netNames() (names []string) {
	for n := range u.nets {
		names = append(names, n)
	}
	for n := range u.libNets {
		names = append(names, n)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
