package compiler

import (
	"slices"

	"ssmc/compiler/dist"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// reportKinds are what can be asked of a number that varies over steps, samples
// and sequences.
var reportKinds = []string{"mean", "sd", "quantile", "prob"}

// report is report mean(EXPR) as NAME.
func (x *asking) report(r *lang.Report) {
	out := Report{Name: reportName(r), Text: lang.Text(r.Value.Tree())}
	call, ok := r.Value.Tree().(*lang.Call)
	if ok {
		fun, isName := call.Fun.(*lang.NameRef)
		if ok = isName && slices.Contains(reportKinds, fun.Name) && len(call.Args) > 0; ok {
			out.Kind = fun.Name
		}
	}
	if !ok {
		x.u.errorf(diag.BadReport, r.Value.Span, "%s is no summary of what is drawn", out.Text).
			Helpf("write report mean(x[k:T]), or sd, prob(x[k:T] > 0), quantile(x[k:T], 0.9)")
		return
	}
	if slices.ContainsFunc(x.out.Reports, func(o Report) bool { return o.Name == out.Name }) {
		x.u.errorf(diag.Duplicate, r.Span, "%s is already reported", out.Name).Helpf("give one of them another name, by as")
		return
	}
	if x.arguments(&out, call) {
		x.out.Reports = append(x.out.Reports, out)
	}
}

func reportName(r *lang.Report) string {
	if r.As != nil {
		return r.As.Text
	}
	return lang.Text(r.Value.Tree())
}

// arguments evaluates those of a report.
func (x *asking) arguments(out *Report, call *lang.Call) bool {
	want := 1
	if out.Kind == "quantile" {
		want = 2
	}
	if len(call.Args) != want || slices.ContainsFunc(call.Args, func(a *lang.ArgNode) bool { return a.Name != "" }) {
		x.u.errorf(diag.BadReport, call.Span, "%s takes %d unnamed argument%s", out.Kind, want, plural(want)).
			Helpf("write mean(x[k:T]), or quantile(x[k:T], 0.9)")
		return false
	}
	if want == 2 && !x.level(out, call.Args[1].Value) {
		return false
	}
	n := call.Args[0].Value
	e := x.number(n, &out.window)
	if e == nil {
		return false
	}
	if out.Kind == "prob" && e.sup != dist.Unit {
		x.u.errorf(diag.BadReport, n.At(), "%s is no condition, which holds or does not", lang.Text(n)).
			Helpf("write prob(%s > 0), or mean(%[1]s)", lang.Text(n))
		return false
	}
	out.node, out.from = e.node, e.from
	if lo := out.window.lo; lo.base == "" && lo.off <= e.from {
		x.u.errorf(diag.BadTime, n.At(), "%s has no value at t = %d", lang.Text(n), lo.off).Helpf("begin later, at %d", e.from+1)
		return false
	}
	return true
}

// level is that of a quantile.
func (x *asking) level(out *Report, n lang.Node) bool {
	v := x.scope.eval(n)
	p, ok := v.(number)
	if !ok && isBad(v) {
		return false
	}
	if !ok || p.v <= 0 || p.v >= 1 {
		x.u.errorf(diag.BadReport, n.At(), "the level of a quantile lies between 0 and 1").Helpf("write 0.9 for what nine of ten lie below")
		return false
	}
	out.Level = p.v
	return true
}
