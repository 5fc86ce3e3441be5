package main

import (
	"fmt"

	"ssmc/lang"
)

// grammarCmd prints the grammar.
type grammarCmd struct{}

// Run prints EBNF, one production a line.
func (c *grammarCmd) Run(g *globals) error {
	_, err := fmt.Fprintln(g.out, lang.Grammar())
	return err
}
