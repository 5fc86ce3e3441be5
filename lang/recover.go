package lang

import (
	"slices"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"ssmc/lang/diag"
)

// recover reads an item that has errors piece by piece: its head, and each
// statement of its body. It gives the item with the statements that could be
// read, or nil where the head could not.
func (r *reader) recover(toks []lexer.Token) *Item {
	begin, end := body(toks)
	head := slices.Concat(toks[:begin], toks[max(begin, end-1):])
	item, err := itemParser.ParseFromLexer(upgrade(head))
	if err != nil {
		r.explain(piece{toks: head, word: wordOf(head)}, err)
		item = nil
	}
	if begin == end {
		return item
	}
	statements := items(toks[begin : end-1])
	switch word := itemWord(wordOf(toks)); word {
	case "model", "net", "guide":
		fillStmts(item, readAll(r, stmtParser, word, statements))
	case "train", "eval", "simulate":
		settings := readAll(r, settingParser, word, statements)
		if item != nil {
			item.Block.Settings = settings
		}
	case "query":
		lines := readAll(r, queryParser, word, statements)
		if item != nil {
			item.Query.Stmts = lines
		}
	}
	return item
}

// body finds the part of an item's tokens between its braces: from the token
// after the first { to just after the } that closes it. It is empty, at the end,
// where there are no braces.
func body(toks []lexer.Token) (begin, end int) {
	depth := 0
	begin, end = len(toks), len(toks)
	for i, t := range toks {
		switch {
		case isPunct(t, "{"):
			if depth++; depth == 1 {
				begin = min(begin, i+1)
			}
		case isPunct(t, "}"):
			if depth--; depth == 0 {
				return begin, i + 1
			}
		}
	}
	return begin, end
}

// wordOf is the word that tokens begin with, or "".
func wordOf(toks []lexer.Token) string {
	if toks[0].Type != tokIdent {
		return ""
	}
	return toks[0].Value
}

// itemWord is the keyword that a word is, or was meant to be, or "".
func itemWord(word string) string {
	if slices.Contains(itemWords, word) {
		return word
	}
	return diag.Suggest(word, itemWords)
}

func fillStmts(item *Item, stmts []*Stmt) {
	switch {
	case item == nil:
	case item.Model != nil:
		item.Model.Stmts = stmts
	case item.Net != nil:
		item.Net.Stmts = stmts
	case item.Guide != nil:
		item.Guide.Body = stmts
	}
}

// readAll reads the statements of an item that begins with word, and reports
// those that cannot be read.
func readAll[G any](r *reader, parser *participle.Parser[G], word string, statements [][]lexer.Token) []*G {
	var all []*G
	for _, toks := range statements {
		for len(toks) > 1 && len(r.errs) < maxErrors {
			node, err := parser.ParseFromLexer(upgrade(toks))
			if err == nil {
				all = append(all, node)
				break
			}
			toks = r.explain(piece{toks: toks, word: word, inBody: true}, err)
		}
	}
	return all
}
