package main

import (
	"strings"

	"ssmc/compiler"
	"ssmc/inference"
	"ssmc/lang/diag"
)

// configOf is the settings of a program's train and eval blocks, and what is
// wrong with them.
func configOf(settings []compiler.Setting) (*inference.Config, diag.List) {
	c := inference.DefaultConfig()
	var found diag.List
	given := map[string]diag.Span{}
	for _, s := range settings {
		if first, twice := given[s.Block+"."+s.Key]; twice {
			found.Add(diag.Errorf(diag.BadSetting, s.At, "%s is set twice", s.Key).Helpf("it is set in line %d already: keep one of the two", first.Pos.Line))
			continue
		}
		given[s.Block+"."+s.Key] = s.At
		if err := c.Set(settingKey(s), s.Value); err != nil {
			found.Add(badSetting(s.At, err))
		}
	}
	if err := c.Check(); err != nil && !found.HasErrors() {
		found.Add(badSetting(blame(settings, err), err))
	}
	return c, found
}

// settingKey is a setting's key as inference has it.
func settingKey(s compiler.Setting) string {
	if s.Block == "eval" {
		return "eval." + s.Key
	}
	return s.Key
}

// badSetting is a diagnostic of an error that states a fact and, after a
// semicolon or a colon, what to do.
func badSetting(at diag.Span, err error) *diag.Diagnostic {
	fact, help, ok := strings.Cut(err.Error(), "; ")
	if !ok {
		fact, help, _ = strings.Cut(err.Error(), ": ")
	}
	return diag.Errorf(diag.BadSetting, at, "%s", fact).Helpf("%s", help)
}

// blame finds the setting that an error begins with, or one of the same root.
func blame(settings []compiler.Setting, err error) (at diag.Span) {
	key, _, _ := strings.Cut(err.Error(), " ")
	root, _, _ := strings.Cut(key, ".")
	for _, s := range settings {
		switch own := settingKey(s); {
		case own == key:
			return s.At
		case own == root || strings.HasPrefix(own, root+"."):
			at = s.At
		}
	}
	return at
}
