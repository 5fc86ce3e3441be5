package compiler

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"ssmc/compiler/ir"
	"ssmc/lang"
	"ssmc/runtime"
)

// Dumps is what Dump can show, in the order of the phases.
var Dumps = []string{"names", "guide", "ir", "bound", "graph"}

// Dump shows what a phase made of the program: the names with their roles and
// sizes, the guide written out in full, the intermediate form, the terms of the
// bound, or the graph that is trained, gradients included.
func (p *Program) Dump(what string) (string, bool) {
	show := map[string]func() string{
		"names": p.dumpNames, "guide": func() string { return p.Expanded }, "ir": p.dumpIR,
		"bound": p.dumpBound, "graph": p.dumpGraph,
	}[what]
	if show == nil {
		return "", false
	}
	return show(), true
}

// table lays rows of cells, which end in tabs, out in columns.
func table(rows []string) string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', tabwriter.StripEscape)
	for _, r := range rows {
		fmt.Fprintln(w, strings.TrimRight(r, "\t"))
	}
	w.Flush() // a Builder takes everything
	return out.String()
}

func (p *Program) dumpNames() string {
	rows := []string{"model\t" + p.Model.Name, "guide\t" + p.Model.Guide}
	for _, s := range p.unit.model.Stmts {
		if row := p.unit.nameRow(s); row != "" {
			rows = append(rows, row)
		}
	}
	for _, q := range p.Model.Params {
		rows = append(rows, paramRow(q))
	}
	return table(rows)
}

// nameRow is what one statement declares: role, name and meaning.
func (u *unit) nameRow(s *lang.Stmt) string {
	switch {
	case s.Const != nil:
		return fmt.Sprintf("%s\t%s\t%s", s.Const.Kind, s.Const.Name.Text, formatConst(u.names[s.Const.Name.Text]))
	case s.Net != nil:
		return fmt.Sprintf("net\t%s\t%s", s.Net.Name.Text, lang.Text(s.Net.Value.Tree()))
	case s.Let != nil:
		return fmt.Sprintf("let\t%s\t%s", lang.Text(s.Let.Target.Tree()), lang.Text(s.Let.Value.Tree()))
	case s.Decl != nil:
		return u.names[s.Decl.Name.Text].(*variable).row()
	}
	return ""
}

func formatConst(v value) string {
	if n, ok := v.(number); ok {
		return fmt.Sprintf("%g", n.v)
	}
	return v.describe()
}

// row is a variable's role, name and type with the sizes it got.
func (v *variable) row() string {
	name, size := v.Name, ""
	if v.Timed {
		name += "[t]"
	}
	switch {
	case v.Classes > 0:
		size = fmt.Sprintf("[%d]", v.Classes)
	case len(v.Dims) == 1:
		size = fmt.Sprintf("[%s]", v.Dims[0])
	}
	row := fmt.Sprintf("%s\t%s\t%s%s", v.Role, name, v.Kind, size)
	if v.Missing {
		row += " missing"
	}
	return row
}

// paramRow is a parameter's name, sizes and initial value.
func paramRow(q runtime.Param) string {
	owner := "param"
	if q.Guide {
		owner = "guide param"
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s", owner, q.Name, dimsText(q.Dims), initText(q.Init))
}

func dimsText(dims []int) string {
	if len(dims) == 0 {
		return "real"
	}
	return "real[" + strings.Trim(strings.ReplaceAll(fmt.Sprint(dims), " ", ", "), "[]") + "]"
}

func initText(i runtime.Init) string {
	switch i.Kind {
	case "constant":
		return fmt.Sprintf("%g", i.A)
	case "uniform":
		return fmt.Sprintf("uniform(%g, %g)", i.A, i.B)
	case "normal", "laplace":
		return fmt.Sprintf("%s(%g)", i.Kind, i.B)
	}
	return i.Kind
}

func (p *Program) dumpIR() string {
	return strings.Join(ir.Describe(p.unit.roots(p.unit.terms)), "\n") + "\n"
}

// dumpBound is the terms: the sign, whether closed or sampled, and where from.
func (p *Program) dumpBound() string {
	var rows []string
	for _, t := range p.Terms {
		sign := "+"
		if t.Kind.Sign() < 0 {
			sign = "-"
		}
		rows = append(rows, fmt.Sprintf("%s %s\t%s\t%s", sign, t.Name, t.How, t.Pos))
	}
	return table(rows)
}

// Structures lists the guides that every model has without a line of its own.
func Structures() []string { return structureNames() }
