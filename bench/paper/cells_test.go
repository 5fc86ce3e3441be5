package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestCells holds the table of cells to its own rules: one run is one fit, and
// what a cell names is there.
func TestCells(t *testing.T) {
	fits, paths := map[string]cell{}, map[string]bool{}
	for _, c := range cells {
		fit := c
		fit.table, fit.name, fit.paper = "", "", scores{}
		if old, ok := fits[c.run]; ok && !reflect.DeepEqual(old, fit) {
			t.Errorf("run %s is of %+v and of %+v", c.run, old, fit)
		}
		fits[c.run] = fit
		if paths[c.path()] {
			t.Errorf("cell %s is there twice", c.path())
		}
		paths[c.path()] = true
		if titles[c.data] == "" || files[c.model] == "" {
			t.Errorf("%s: data %s or model %s has no entry", c.path(), c.data, c.model)
		}
		for _, s := range c.set {
			if key, _, _ := strings.Cut(s, "="); settings[key] == "" {
				t.Errorf("%s sets %s, which no run is held to", c.path(), key)
			}
		}
	}
	for name, fit := range fits {
		for other, same := range fits {
			if same.run = fit.run; name != other && reflect.DeepEqual(fit, same) {
				t.Errorf("runs %s and %s are the same fit", name, other)
			}
		}
	}
	for _, file := range files {
		if _, err := os.Stat(filepath.Join("../..", file)); strings.HasSuffix(file, ".ssm") && err != nil {
			t.Error(err)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, x := range []struct {
		tables, cells, want string // runs
	}{
		{"", "jsb/DKS", "jsb-dmm-dks-ar10 jsb-dmm-dks"},
		{"guides", "jsb/DKS, jsb/ST_LR", "jsb-dmm-dks jsb-dmm-st_lr"},
		{"", "2/jsb/MF_LR", "jsb-dmm-mf_lr-ar10"},
		{"4,3", "", "jsb-dmm-dks jsb-aug-dks nottingham-dmm-dks nottingham-aug-dks jsb-augnade-dks nottingham-augnade-dks"},
		{"guides,3", "jsb/DKS,jsb/DMM", "jsb-dmm-dks"},
	} {
		chosen, err := choose(x.tables, x.cells)
		if err != nil {
			t.Error(err)
		}
		var names []string
		for _, c := range runs(chosen) {
			names = append(names, c.run)
		}
		if got := strings.Join(names, " "); got != x.want {
			t.Errorf("--tables %s --cells %s: %s, want %s", x.tables, x.cells, got, x.want)
		}
	}
	for _, x := range [][2]string{{"5", ""}, {"", "jsb/MF"}, {"3", "jsb/DKS"}, {"", "KS"}} {
		if _, err := choose(x[0], x[1]); err == nil {
			t.Errorf("--tables %s --cells %s: no error", x[0], x[1])
		}
	}
}
