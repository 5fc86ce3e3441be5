package lang

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"
)

// The words that begin an item and a statement; those of a statement's roles are
// here for the sake of near misses alone.
var (
	itemWords  = []string{"use", "model", "net", "guide", "train", "eval", "simulate", "query"}
	stmtWords  = []string{"dim", "const", "index", "time", "param", "net", "let", "return"}
	roleWords  = []string{"observed", "latent", "input", "static"}
	queryWords = []string{"let", "given", "do", "report", "versus"}
)

// rest is the i-th token and those after it on its line, without blanks.
func (l *layout) rest(i int) []lexer.Token {
	if !l.brk {
		return nil
	}
	var line []lexer.Token
	for _, t := range l.src[i:] {
		if breaksLine(t) || t.EOF() {
			break
		}
		if !isBlank(t) {
			line = append(line, t)
		}
	}
	return line
}

// startsItem reports whether a line can only be the first of an item.
func startsItem(line []lexer.Token) bool {
	if len(line) < 2 || line[0].Type != tokIdent {
		return false
	}
	name, after := line[1].Type == tokIdent, lexer.Token{}
	if len(line) > 2 {
		after = line[2]
	}
	switch line[0].Value {
	case "use":
		return name && (len(line) == 2 || isPunct(after, "."))
	case "model", "query":
		return name && (isPunct(after, "{") || after.Value == "on")
	case "guide":
		return name && isPunct(after, "=")
	case "net":
		return name && isPunct(after, "(")
	case "train", "eval", "simulate":
		return isPunct(line[1], "{") || name && isPunct(after, "{")
	}
	return false
}

// startsStatement reports whether a line that follows prev inside parentheses
// or brackets looks like the first of a statement, so that the brackets before
// it must have been left open.
func startsStatement(prev lexer.Token, line []lexer.Token) bool {
	if len(line) < 2 || line[0].Type != tokIdent {
		return false
	}
	closed, reached := level(line)
	switch {
	case reached["~"]:
		return true
	case closed:
		return false
	case line[1].Type == tokIdent && !isJoin(line[1]):
		return true
	}
	return reached["="] && endsValue(prev)
}

// isJoin reports whether a word can stand between two values.
func isJoin(t lexer.Token) bool { return slices.Contains([]string{"in", "for", "from", "as"}, t.Value) }

// level finds the marks that a line reaches outside of brackets of its own, up
// to where it closes one that was open before, and whether it does.
func level(line []lexer.Token) (closed bool, reached map[string]bool) {
	depth, reached := 0, map[string]bool{}
	for _, t := range line {
		switch {
		case isPunct(t, "(", "["):
			depth++
		case isPunct(t, ")", "]"):
			depth--
		case depth == 0 && t.Type == tokPunct:
			reached[t.Value] = true
		}
		if depth < 0 {
			return true, reached
		}
	}
	return false, reached
}
