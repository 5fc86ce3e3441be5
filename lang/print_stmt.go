package lang

import "strings"

func stmtText(s *Stmt) string {
	switch {
	case s.Const != nil:
		return s.Const.Kind + " " + s.Const.Name.Text + " = " + exprText(s.Const.Value)
	case s.Time != nil:
		return "time " + s.Time.Unit.Text
	case s.Param != nil:
		return paramText(s.Param)
	case s.Net != nil:
		return "net " + s.Net.Name.Text + " = " + exprText(s.Net.Value)
	case s.Let != nil:
		return "let " + Text(s.Let.Target) + " = " + exprText(s.Let.Value)
	case s.Return != nil:
		return "return " + exprText(s.Return.Value)
	case s.Decl != nil:
		return declText(s.Decl)
	case s.Relation != nil:
		return Text(s.Relation.Target) + " " + s.Relation.Op + " " + exprText(s.Relation.Value)
	}
	return ""
}

func declText(d *Decl) string {
	text := d.Role.Text + " " + d.Name.Text
	if d.Index != nil {
		text += "[" + d.Index.Text + "]"
	}
	text += ": " + typeText(d.Type)
	if d.Missing {
		text += " missing"
	}
	return text + clause(" from ", d.From)
}

func typeText(t *Type) string {
	if len(t.Sizes) == 0 {
		return t.Name.Text
	}
	return t.Name.Text + "[" + list(t.Sizes, exprText) + "]"
}

func paramText(p *Param) string {
	text := "param " + p.Name.Text + ": " + typeText(p.Type)
	if p.Bound != nil {
		text += " " + boundText(p.Bound)
	}
	if p.For != nil {
		text += " for " + p.For.Name.Text + " in " + Text(p.For.Range)
	}
	return text + clause(" ~ ", p.Prior) + clause(" init ", p.Init)
}

func boundText(b *Bound) string {
	if b.Op == "in" {
		return "in (" + exprText(b.Lo) + ", " + exprText(b.Hi) + ")"
	}
	return b.Op + " " + exprText(b.Lo) + exprText(b.Hi) // one of them is nil
}

// clause writes an optional part of a statement.
func clause(word string, e *Expr) string {
	if e == nil {
		return ""
	}
	return word + exprText(e)
}

func guideText(g *Guide) string {
	text := "guide " + g.Name.Text + " = " + g.Kind
	factors := make([]string, len(g.Factors))
	for i, f := range g.Factors {
		factors[i] = factorText(f)
	}
	text += strings.Join(factors, " * ")
	if len(g.With) > 0 {
		text += " with " + list(g.With, func(a *Arg) string { return Text(a) })
	}
	return text
}

func factorText(f *Factor) string {
	ref := func(r *Ref) string { return Text(r) }
	text := f.Kind + "(" + list(f.Targets, ref)
	if len(f.Given) > 0 {
		text += " | " + list(f.Given, ref)
	}
	return text + ")"
}
