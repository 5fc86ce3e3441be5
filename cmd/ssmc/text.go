package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// width is the columns that prose is set in.
const width = 80

// wrapped sets prose in lines of at most width columns, each after the first
// indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			column = indent
		case column+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

// unknown is the error of a word that is none of those known. Where they are
// many, verb is the command that lists them.
func unknown(kind, word string, known []string, verb string) error {
	near := suggest(word, known)
	switch {
	case near != "":
		return fmt.Errorf("there is no %s %s; did you mean %s?", kind, word, near)
	case verb != "":
		return fmt.Errorf("there is no %s %s; %s lists them", kind, word, verb)
	}
	return fmt.Errorf("there is no %s %s; there are %s", kind, word, strings.Join(known, ", "))
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
