package main

import (
	"fmt"
	"slices"
	"strings"
)

// A cell is a row of a table of the paper: a model and a guide on a data set.
// Cells of one run are the same fit, in two tables.
type cell struct {
	table string // a key of tables
	data  string // a folder of --data
	name  string // as the table has it
	run   string // the folder of its run, in --out
	model string // a key of files
	guide string
	set   []string // settings that are not those of the file
	seed  uint64
	paper scores
}

// scores are the paper's, in nats a frame; 0 is of one that it does not give.
type scores struct{ a, b, c float64 }

// unannealed is how the authors' code treats the KL by default, and so for Table 2:
// its weight is 1 after ten updates.
var unannealed = []string{"objective.anneal.steps=10"}

// cells are Krishnan, Shalit & Sontag (2017), tables 2 to 4, and the guides of
// Table 2 with the annealing of Table 3.
var cells = []cell{
	{"2", "jsb", "DKS", "jsb-dmm-dks-ar10", "Polyphonic", "DKS", unannealed, 1, scores{6.605, 7.033, 0}},
	{"2", "jsb", "ST_L", "jsb-dmm-st_l-ar10", "Polyphonic", "ST_L", unannealed, 1, scores{7.020, 7.519, 0}},
	{"2", "jsb", "ST_LR", "jsb-dmm-st_lr-ar10", "Polyphonic", "ST_LR", unannealed, 1, scores{6.632, 7.078, 0}},
	{"2", "jsb", "MF_LR", "jsb-dmm-mf_lr-ar10", "Polyphonic", "MF_LR", unannealed, 1, scores{6.701, 7.101, 0}},

	{"guides", "jsb", "DKS", "jsb-dmm-dks", "Polyphonic", "DKS", nil, 1, scores{6.388, 6.926, 6.856}},
	{"guides", "jsb", "ST_L", "jsb-dmm-st_l", "Polyphonic", "ST_L", nil, 1, scores{}},
	{"guides", "jsb", "ST_LR", "jsb-dmm-st_lr", "Polyphonic", "ST_LR", nil, 1, scores{}},
	{"guides", "jsb", "MF_LR", "jsb-dmm-mf_lr", "Polyphonic", "MF_LR", nil, 1, scores{}},

	{"3", "jsb", "DMM", "jsb-dmm-dks", "Polyphonic", "DKS", nil, 1, scores{6.388, 6.926, 6.856}},
	{"3", "jsb", "DMM-Aug", "jsb-aug-dks", "DMMAug", "DKS", nil, 1, scores{6.288, 6.773, 6.692}},
	{"3", "nottingham", "DMM", "nottingham-dmm-dks", "Polyphonic", "DKS", nil, 1, scores{2.770, 2.964, 2.954}},
	{"3", "nottingham", "DMM-Aug", "nottingham-aug-dks", "DMMAug", "DKS", nil, 1, scores{2.679, 2.856, 2.872}},

	{"4", "jsb", "DMM-Aug-NADE", "jsb-augnade-dks", "DMMAugNADE", "DKS", nil, 1, scores{5.118, 5.335, 5.264}},
	{"4", "nottingham", "DMM-Aug-NADE", "nottingham-augnade-dks", "DMMAugNADE", "DKS", nil, 1, scores{2.305, 2.347, 2.364}},
}

// tables are the titles of the tables, in their order.
var tables = []struct{ key, title string }{
	{"2", "Table 2: guides of one model, without annealing"},
	{"guides", "The guides of Table 2 under one budget, annealed over 5,000 updates"},
	{"3", "Table 3: the deep Markov model, annealed over 5,000 updates"},
	{"4", "Table 4: NADE emission, annealed over 5,000 updates"},
}

// files are the programs of the models, from the root of the repository or shipped.
var files = map[string]string{
	"Polyphonic": "polyphonic",
	"DMMAug":     "bench/paper/dmm_aug.ssm",
	"DMMAugNADE": "bench/paper/dmm_aug_nade.ssm",
}

// titles are the names of the data.
var titles = map[string]string{"jsb": "JSB", "nottingham": "Nottingham"}

// schedule is how many epochs the paper's runs have.
const schedule = 2000

// settings are those that the paper's runs share, as a run tells them.
var settings = map[string]string{
	"objective": "elbo", "objective.kl": "analytic", "objective.samples": "1",
	"objective.anneal": "linear", "objective.anneal.from": "0.01", "objective.anneal.to": "1", "objective.anneal.steps": "5000",
	"optimizer": "adam", "optimizer.lr": "0.0008", "optimizer.clip_norm": "1",
	"regularize.0": "l2", "regularize.0.weight": "0.05", "regularize.0.on": "*",
	"batch": "20", "order": "sorted", "divide": "batch", "window": "0",
	"validate": "every", "validate.every": "25", "validate.unit": "epochs", "validate.samples": "2",
	"stop": "best", "stop.on": "valid.bound", "eval.bound.samples": "2",
}

// path is how --cells names a cell.
func (c *cell) path() string { return c.table + "/" + c.data + "/" + c.name }

// choose finds the cells of some tables, those of the names if there are any. A
// name may leave out its table: jsb/DKS.
func choose(tableList, nameList string) (chosen []cell, err error) {
	in, names := split(tableList), split(nameList)
	for _, t := range in {
		if !slices.ContainsFunc(cells, func(c cell) bool { return c.table == t }) {
			return nil, fmt.Errorf("--tables: there is no table %q; choose of 2, guides, 3 and 4", t)
		}
	}
	for _, c := range cells {
		if (len(in) == 0 || slices.Contains(in, c.table)) && (len(names) == 0 || slices.ContainsFunc(names, c.called)) {
			chosen = append(chosen, c)
		}
	}
	for _, n := range names {
		if !slices.ContainsFunc(chosen, func(c cell) bool { return c.called(n) }) {
			return nil, fmt.Errorf("--cells: there is no cell %q in these tables; --list lists them", n)
		}
	}
	return chosen, nil
}

func (c cell) called(name string) bool { return strings.HasSuffix("/"+c.path(), "/"+name) }

// split is the words between commas.
func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// runs is one cell for each run.
func runs(list []cell) (distinct []cell) {
	for _, c := range list {
		if !slices.ContainsFunc(distinct, func(d cell) bool { return d.run == c.run }) {
			distinct = append(distinct, c)
		}
	}
	return distinct
}
