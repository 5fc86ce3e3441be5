package lang

import (
	"strings"

	"pgregory.net/rapid"
)

// A generator writes random programs, ugly ones: any blanks, line breaks and
// comments that the language allows.
type generator struct {
	*rapid.T
	inside int // brackets that are open
}

func (g *generator) pick(label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(g.T, label)
}

func (g *generator) maybe(label string) bool { return rapid.IntRange(0, 3).Draw(g.T, label) == 0 }

// join puts random blanks between tokens.
func (g *generator) join(tokens ...string) string {
	var b strings.Builder
	for _, t := range tokens {
		b.WriteString(t + g.blank())
	}
	return b.String()
}

func (g *generator) blank() string {
	if g.inside > 0 && g.maybe("break") {
		return g.pick("lines", "\n", "\n   \n", " // aside\n", "\r\n\t", "\n/// no doc\n")
	}
	return g.pick("blank", " ", " ", "  ", "\t", " /* why */ ")
}

func (g *generator) name() string {
	return g.pick("name", "x", "z", "time", "init", "état", "σ2", "with", "a_long_name", "q", "note")
}

func (g *generator) number() string {
	return g.pick("number", "0", "1", "0.5", "1.", ".5", "1e-3", "2E+10", "007")
}

// brackets encloses what f writes.
func (g *generator) brackets(open, closing string, f func() string) string {
	g.inside++
	body := f()
	head := g.join(open)
	g.inside--
	return head + body + closing
}

// list writes at least min items with commas between them.
func (g *generator) list(min int, item func() string) string {
	n := rapid.IntRange(min, 3).Draw(g.T, "items")
	parts := []string{}
	for i := range n {
		if i > 0 {
			parts = append(parts, ",")
		}
		parts = append(parts, item())
	}
	return g.join(parts...)
}

func (g *generator) expr(depth int) string {
	if depth == 0 {
		return g.join(g.pick("leaf", g.name(), g.number(), `"a \" b"`, `'c'`))
	}
	sub := func() string { return g.expr(depth - 1) }
	switch g.pick("expr", "leaf", "binary", "compare", "minus", "call", "index", "field", "list", "paren", "record") {
	case "binary":
		return g.join(sub(), g.pick("op", "+", "-", "*", "/", "@", "^"), sub())
	case "compare":
		return g.brackets("(", ")", func() string { return g.join(sub(), g.pick("op", "==", "!=", "<", ">", "<=", ">="), sub()) })
	case "minus":
		return g.join("-", sub())
	case "call":
		return g.name() + g.brackets("(", ")", func() string { return g.list(0, func() string { return g.arg(depth - 1) }) })
	case "index":
		return g.name() + g.indices(depth-1)
	case "field":
		return g.join(g.name(), ".", g.name())
	case "list":
		return g.brackets("[", "]", func() string { return g.list(0, sub) })
	case "paren":
		return g.brackets("(", ")", sub)
	case "record":
		return g.brackets("(", ")", func() string { return g.list(1, func() string { return g.arg(depth - 1) }) })
	}
	return g.expr(0)
}

func (g *generator) arg(depth int) string {
	if g.maybe("named") {
		return g.join(g.name(), "=", g.expr(depth))
	}
	return g.expr(depth)
}

func (g *generator) indices(depth int) string {
	return g.brackets("[", "]", func() string {
		return g.list(1, func() string {
			if g.maybe("range") {
				return g.join(g.expr(depth), ":", g.expr(depth))
			}
			return g.expr(depth)
		})
	})
}

func (g *generator) ref() string {
	if g.maybe("plain") {
		return g.join(g.name())
	}
	return g.join(g.name() + g.indices(1))
}

func (g *generator) typ() string {
	name := g.pick("type", "real", "binary", "simplex", "reel")
	if g.maybe("scalar") {
		return g.join(name)
	}
	return name + g.brackets("[", "]", func() string { return g.list(1, func() string { return g.expr(1) }) })
}

func (g *generator) stmt() string {
	switch g.pick("stmt", "const", "time", "decl", "param", "net", "let", "draw", "equal", "return") {
	case "const":
		return g.join(g.pick("kind", "dim", "const", "index"), g.name(), "=", g.expr(2))
	case "time":
		return g.join("time", g.name())
	case "decl":
		return g.decl()
	case "param":
		return g.param()
	case "net":
		return g.join("net", g.name(), "=", g.expr(3))
	case "let":
		return g.join("let", g.ref(), "=", g.expr(3))
	case "draw":
		return g.join(g.ref(), "~", g.expr(3))
	case "equal":
		return g.join(g.ref(), "=", g.expr(3))
	}
	return g.join("return", g.expr(3))
}

func (g *generator) decl() string {
	parts := []string{g.pick("role", "latent", "observed", "input", "latnt"), g.name()}
	if g.maybe("indexed") {
		parts = append(parts, "[", g.name(), "]")
	}
	parts = append(parts, ":", g.typ())
	if g.maybe("missing") {
		parts = append(parts, "missing")
	}
	if g.maybe("from") {
		parts = append(parts, "from", g.expr(2))
	}
	return g.join(parts...)
}

func (g *generator) param() string {
	parts := []string{"param", g.name(), ":", g.typ()}
	if g.maybe("bound") {
		parts = append(parts, g.pick("op", ">", ">=", "<", "<="), g.expr(0))
	} else if g.maybe("interval") {
		parts = append(parts, "in", "(", g.expr(1), ",", g.expr(1), ")")
	}
	if g.maybe("for") {
		parts = append(parts, "for", "k", "in", "1", ":", g.expr(1))
	}
	if g.maybe("prior") {
		parts = append(parts, "~", g.expr(2))
	}
	if g.maybe("init") {
		parts = append(parts, "init", g.expr(2))
	}
	return g.join(parts...)
}

// lines writes statements between braces, with comments and empty lines.
func (g *generator) lines(stmt func() string) string {
	var b strings.Builder
	b.WriteString("{" + g.pick("open", "\n", " // note\n", "\n\n", " "))
	for range rapid.IntRange(0, 6).Draw(g.T, "lines") {
		b.WriteString(g.pick("before", "", "", "/// what it is\n", "// aside\n", "\n\n\n", "\t"))
		b.WriteString(stmt() + g.pick("end", "\n", "\n", " // end\n", "          // far\n", "\r\n"))
	}
	return b.String() + "}"
}

func (g *generator) item() string {
	switch g.pick("item", "use", "model", "net", "guide", "block", "query") {
	case "use":
		return g.join("use", g.name(), ".", g.name())
	case "net":
		return g.join("net", g.name()+g.brackets("(", ")", func() string { return g.list(0, g.name) }), "->", "(", "mean", ",", "var", ")", g.lines(g.stmt))
	case "guide":
		return g.guide()
	case "block":
		return g.join(g.pick("kind", "train", "eval", "simulate"), g.name(), g.lines(func() string { return g.join(g.name(), "=", g.expr(2)) }))
	case "query":
		return g.join("query", g.name(), "on", g.name(), g.lines(g.queryStmt))
	}
	return g.join("model", g.name(), g.lines(g.stmt))
}

func (g *generator) guide() string {
	parts := []string{"guide", g.name(), "=", g.pick("kind", "auto", "q", "q", "exact")}
	if parts[3] == "q" {
		parts = append(parts, g.brackets("(", ")", func() string { return g.join(g.ref(), "|", g.ref(), ",", g.ref()) }))
	}
	if g.maybe("with") {
		parts = append(parts, "with", "rnn", "=", g.expr(1), ",", "combine", "=", g.name())
	}
	if g.maybe("body") {
		parts = append(parts, g.lines(g.stmt))
	}
	return g.join(parts...)
}

func (g *generator) queryStmt() string {
	switch g.pick("query", "given", "do", "report", "versus", "let", "setting") {
	case "given":
		return g.join("given", g.ref(), ",", g.ref())
	case "do":
		return g.join("do", g.ref(), "=", g.expr(2))
	case "report":
		return g.join("report", g.expr(2), "as", g.name())
	case "versus":
		return g.join("versus", g.name())
	case "let":
		return g.join("let", g.ref(), "=", g.expr(2))
	}
	return g.join(g.name(), "=", g.expr(2))
}

func (g *generator) program() string {
	var b strings.Builder
	for range rapid.IntRange(0, 4).Draw(g.T, "items") {
		b.WriteString(g.pick("before", "", "/// a doc\n", "// aside\n", "\n\n\n") + g.item() + "\n")
	}
	return b.String()
}
