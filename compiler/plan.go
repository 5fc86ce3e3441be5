package compiler

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ssmc/lang"
	"ssmc/runtime"
	"ssmc/runtime/op"
)

// A Plan says how a program will be inferred, and why.
type Plan struct {
	Variables []PlannedVariable
	Guides    []PlannedGuide
	Bound     []Term
	Floors    []PlannedFloor
	Nets      []PlannedNet
}

// A PlannedVariable is a variable of the model and what becomes of it.
type PlannedVariable struct{ Name, Role, Type, How string }

// A PlannedGuide is a guide of the file, or the one chosen, with its grades.
type PlannedGuide struct {
	Name, Written string
	Chosen        bool
	Grades        []Grade
	Note          string // instead of grades: derived, exact
}

// A PlannedNet is a group of parameters under one name.
type PlannedNet struct {
	Name  string
	Count int
	Guide bool
}

// Plan is how p will be inferred.
func (p *Program) Plan() Plan {
	u := p.unit
	return Plan{Variables: u.plannedVariables(), Guides: u.plannedGuides(), Bound: u.terms, Floors: u.floors, Nets: plannedNets(p.Model)}
}

func (u *unit) plannedVariables() (out []PlannedVariable) {
	for _, v := range u.order {
		out = append(out, PlannedVariable{v.Name, v.Role, lang.Text(v.decl.Type), u.how(v)})
	}
	return out
}

// how is what becomes of a variable, in a phrase.
func (u *unit) how(v *variable) string {
	switch {
	case v.class != nil:
		return "summed out exactly, class by class, by the forward algorithm"
	case v.Role == "latent" && u.exact():
		return "summed out exactly, by the Kalman filter: the model is linear and Gaussian"
	case v.relaxed:
		return fmt.Sprintf("drawn from %s: relaxed, at temperature %g, while it is trained, and a class where it is scored; %s", u.guideText(v), u.samples[v.Name].temperature, u.divergence(v))
	case v.Role == "latent":
		return "sampled from " + u.guideText(v) + "; " + u.divergence(v)
	case v.Role == "observed" && v.Missing:
		return "scored where it was observed; blanks are left out, component by component"
	case v.Role == "observed":
		return "scored"
	}
	return "given"
}

// divergence is how a latent's term of the bound is computed, and why.
func (u *unit) divergence(v *variable) string {
	q, p := u.samples[v.Name], u.priors[v.Name]
	if p == nil {
		return "its divergence is estimated at the sample, summed over " + u.chains().names()
	}
	switch known := closed(q, p); {
	case known && q.dist == p.dist:
		return "its divergence is closed: both sides are " + q.dist.Name
	case known:
		return "its divergence is closed: " + q.dist.Name + " and " + p.dist.Name + " are both Gaussian"
	}
	if q.flow != nil {
		return "its divergence is estimated at the sample: a flow bends it"
	}
	return "its divergence is estimated at the sample: " + q.dist.Name + " and " + p.dist.Name + " have no closed form"
}

func (u *unit) plannedGuides() (out []PlannedGuide) {
	all := u.guides
	if !slices.ContainsFunc(all, func(g *lang.Guide) bool { return g.Name.Text == u.guide.Name.Text }) {
		all = append([]*lang.Guide{u.guide}, all...)
	}
	for _, g := range all {
		pg := PlannedGuide{Name: g.Name.Text, Written: guideLine(g), Chosen: g.Name.Text == u.guide.Name.Text, Grades: u.grade(g)}
		switch g.Kind {
		case "auto":
			pg.Note = "derived: " + strings.Join(append(u.sums(), factorisation(u.invert(false))), " * ")
		case "exact":
			pg.Note = "the latents are summed out, where the model allows it"
		}
		out = append(out, pg)
	}
	return out
}

// guideLine is a guide's factors, as written.
func guideLine(g *lang.Guide) string {
	if g.Kind != "" {
		return g.Kind
	}
	var factors []string
	for _, f := range g.Factors {
		factors = append(factors, lang.Text(f))
	}
	return strings.Join(factors, " * ")
}

// plannedNets groups parameters by the first two parts of their names.
func plannedNets(m *runtime.Model) (out []PlannedNet) {
	for _, p := range m.Params {
		parts := strings.SplitN(p.Name, ".", 3)
		name := strings.Join(parts[:min(2, len(parts))], ".")
		if len(out) == 0 || out[len(out)-1].Name != name || out[len(out)-1].Guide != p.Guide {
			out = append(out, PlannedNet{Name: name, Guide: p.Guide})
		}
		out[len(out)-1].Count += p.Size()
	}
	return out
}

// indexed finds x[t-1] and x[t:T] in the name of a term.
var indexed = regexp.MustCompile(`(\pL[\pL\pN_]*)\[([^\]]*)\]`)

// LaTeX is the bound of a sequence as a formula.
func (p Plan) LaTeX() string {
	var lines []string
	for i, t := range p.Bound {
		sign := "+"
		if t.Kind.Sign() < 0 {
			sign = "-"
		}
		if i == 0 && sign == "+" {
			sign = ""
		}
		sum := "\\sum_t "
		if t.node.Shape.Axis != op.Frame {
			sum = ""
		}
		lines = append(lines, "  &"+sign+" "+sum+latexTerm(t))
	}
	return "\\begin{aligned}\n\\mathcal{L} = \\; \n" + strings.Join(lines, " \\\\\n") + "\n\\end{aligned}\n"
}

// Counted says how often a term counts where that is not at every step.
func (t Term) Counted() string {
	switch t.node.Shape.Axis {
	case op.Once:
		return ", once for all data"
	case op.Seq:
		return ", once a sequence"
	}
	return ""
}

func latexTerm(t Term) string {
	s := indexed.ReplaceAllStringFunc(t.Name, func(m string) string {
		parts := indexed.FindStringSubmatch(m)
		return fmt.Sprintf("%s_{%s}", latexName(parts[1]), parts[2])
	})
	s = strings.NewReplacer(" || ", " \\,\\|\\, ", " | ", " \\mid ", "log ", "\\log ", "the past", "\\text{the past}", "KL(", "\\mathrm{KL}(").Replace(s)
	if t.How == "exact" {
		return s
	}
	return "\\mathbb{E}_q\\left[" + s + "\\right]"
}

// latexName keeps a name of several letters together.
func latexName(name string) string {
	if len([]rune(name)) == 1 {
		return name
	}
	return "\\mathit{" + strings.ReplaceAll(name, "_", "\\_") + "}"
}
