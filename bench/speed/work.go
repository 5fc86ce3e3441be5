package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// linearModel is beside this file, and named from the root of the repository.
const linearModel = "bench/speed/linear.ssm"

// A work is one model on some data, as ssmc and as the peer are asked for it.
type work struct {
	name string
	ssmc []string // arguments of ssmc bench
	peer []string
}

// guides are the factors by the names that the peer has.
var guides = []struct{ name, factor string }{
	{"st_r", "q(z[t] | z[t-1], x[t:T])"},
	{"st_lr", "q(z[t] | z[t-1], x[1:T])"},
	{"mf_lr", "q(z[t] | x[1:T])"},
}

// works lists all work on the folders that there are in data, and on the
// synthetic data in the folder linear.
func works(data, linear string) (list []work) {
	for _, set := range []string{"jsb", "nottingham", "musedata"} {
		folder := filepath.Join(data, set)
		if _, err := os.Stat(folder); err != nil {
			continue
		}
		for _, cell := range []string{"lstm", "gru", "rnn"} {
			for _, g := range guides {
				list = append(list, polyphonic(set, folder, cell, g.name, g.factor))
			}
		}
	}
	return append(list, work{
		name: "linear rnn(40) st_r, batch 200",
		ssmc: []string{linearModel, filepath.Join(linear, "linear")},
		peer: []string{"--data", "gssm1", "--cell", "rnn", "--rnn", "40", "--guide", "st_r", "--batch", "200"},
	})
}

// polyphonic is the deep Markov model of piano rolls with one of its guides.
func polyphonic(set, folder, cell, name, factor string) work {
	return work{
		name: fmt.Sprintf("%s %s(600) %s", set, cell, name),
		ssmc: []string{"polyphonic", folder, "--guide", fmt.Sprintf("%s with rnn=%s(600), dropout=0.1", factor, cell)},
		peer: []string{"--data", folder, "--cell", cell, "--guide", name},
	}
}
