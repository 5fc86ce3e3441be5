package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ssmc/inference/data"
	"ssmc/lang"
	"ssmc/lang/diag"
)

// A draft is a variable of the data on its way into a model.
type draft struct {
	data.Var
	lo, hi float64 // of its values; equal where that is not known
}

// emissions is how the data of a kind are drawn: %[1]s is the variable, %[2]s the
// output of its net.
var emissions = map[data.Kind]string{
	data.Real:   "%[1]s[t] ~ Normal(mean=%[2]s, sd=%[1]s_sd)",
	data.Binary: "%[1]s[t] ~ Bernoulli(logits=%[2]s)",
	data.Count:  "%[1]s[t] ~ Poisson(log_rate=%[2]s)",
}

// scaledEmission is that of real numbers whose range is known.
const scaledEmission = "%[1]s[t] ~ Normal(mean=%[1]s_mid + %[1]s_scale * %[2]s, sd=%[1]s_scale * %[1]s_sd)"

// scaled reports whether nets should see d on a scale of its own.
func (d draft) scaled() bool { return d.Kind == data.Real && d.hi > d.lo }

func (d draft) declaration() string {
	return fmt.Sprintf("observed %s[t]: %s%s", d.Name, sized(d.Kind.String(), d.Size), suffixes(d.Var))
}

// constants is the middle of d's range and a quarter of its width.
func (d draft) constants() []string {
	if !d.scaled() {
		return nil
	}
	return []string{fmt.Sprintf("const %s_mid = %.3g", d.Name, (d.lo+d.hi)/2), fmt.Sprintf("const %s_scale = %.3g", d.Name, (d.hi-d.lo)/4)}
}

// noise is the parameter of d's scatter, if it has one.
func (d draft) noise() []string {
	if d.Kind != data.Real {
		return nil
	}
	return []string{fmt.Sprintf("param %s_sd: %s > 0 init 1 // noise, learned", d.Name, sized("real", d.Size))}
}

func (d draft) net() string {
	return fmt.Sprintf("net %s_net = mlp(state, hidden=[50], out=%d)", d.Name, d.Size)
}

func (d draft) emission() string {
	form := emissions[d.Kind]
	if d.scaled() {
		form = scaledEmission
	}
	return fmt.Sprintf(form, d.Name, d.Name+"_net(z[t])")
}

// reading is what the guide's net reads of d: numbers of about one.
func (d draft) reading() string {
	x := d.Name + "[t]"
	switch {
	case d.scaled():
		x = fmt.Sprintf("(%[1]s[t] - %[1]s_mid) / %[1]s_scale", d.Name)
	case d.Kind == data.Count:
		x = fmt.Sprintf("log1p(%s)", x)
	}
	if d.Missing {
		x = fmt.Sprintf("present(%[1]s[t]) * %[2]s, present(%[1]s[t])", d.Name, x)
	}
	return x
}

// starter is a deep Markov model of the data, as text: one net moves the state
// on, and one net for each variable says how it is seen.
func starter(name string, s *data.Summary) string {
	var declared, constants, noise, nets, draws, given, read []string
	for _, d := range drafts(s) {
		declared = append(declared, d.declaration())
		constants = append(constants, d.constants()...)
		noise = append(noise, d.noise()...)
		nets = append(nets, d.net())
		draws = append(draws, d.emission())
		given = append(given, d.Name+"[t:T]")
		read = append(read, d.reading())
	}
	if len(constants) > 0 {
		constants = append([]string{"", "// The middles of ranges, and quarters of their widths."}, constants...)
	}
	text := fmt.Sprintf(template, origin(s), modelName(name), lines(declared), lines(constants), lines(noise), lines(nets), lines(draws),
		strings.Join(given, ", "), joined(read), objective(s.Sequences), starterBatch, starterEpochs)
	laid, _ := lang.Format(&diag.Source{Name: name, Text: text})
	return laid
}

// What a model starts to be fitted with.
const (
	starterBatch  = 20
	starterEpochs = 500
)

// objective is the bound, with a weight of its KL terms that rises in a quarter
// of the updates at most. Where an epoch is one update, as with few sequences,
// there are too few of them.
func objective(sequences int) string {
	batches := int(trained*float64(sequences)) / starterBatch
	if batches < 2 {
		return "elbo(kl=analytic)"
	}
	return fmt.Sprintf("elbo(kl=analytic, anneal=linear(from=0.01, to=1, steps=%d))", min(1000, batches*starterEpochs/4))
}

// trained is the share of the sequences that is trained on, where parts are held out.
const trained = 0.7

// joined is several values as one vector.
func joined(values []string) string {
	if len(values) == 1 && !strings.Contains(values[0], ", ") {
		return values[0]
	}
	return "concat(\n    " + strings.Join(values, ",\n    ") + ")"
}

// drafts is the variables that the columns might be, with names that the
// language takes and the ranges of their columns.
func drafts(s *data.Summary) (out []draft) {
	for i, v := range named(s) {
		d := draft{Var: v}
		if lo, hi, ok := span(s.Guess.Vars[i], s.Columns); ok {
			d.lo, d.hi = lo, hi
		}
		out = append(out, d)
	}
	return out
}

// span is the range of a variable: of its column, or of those that are numbered
// after its name.
func span(v data.Var, columns []data.Column) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, c := range columns {
		if isColumnOf(c.Name, v) {
			lo, hi, ok = min(lo, c.Min), max(hi, c.Max), true
		}
	}
	return lo, hi, ok
}

// isColumnOf reports whether a column holds a variable, or a coordinate of it.
func isColumnOf(column string, v data.Var) bool {
	rest, found := strings.CutPrefix(column, v.Name)
	return found && (rest == "") == (v.Size == 1) && strings.Trim(rest, "0123456789_.[]") == ""
}

const template = `%s// Check it with ssmc check, fit it with ssmc fit. ssmc doc and ssmc show explain
// what stands here.
use std.nets
use std.cells

/// What the model is of.
model %s {
  dim state = 10 // size of the hidden state

%s  latent z[t]: real[state]
%s
%s
  // How the state moves on, and how it is seen.
  net trans = gated(state, hidden=50)
%s
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(trans(z[t-1]))
%s}

/// The approximate posterior reads the state before and the data to come.
guide Smoother = q(z[t] | z[t-1], %s) {
  let seen[t]  = %s
  let ahead[t] = gru(seen[t:T], 50)
  let both[t]  = tanh(linear(concat(z[t-1], ahead[t]), 50))
  z[0] = 0
  z[t] ~ Normal(mean=linear(both[t], state), var=softplus(linear(both[t], state)))
}

train {
  guide     = Smoother // or ST_R, ST_L, ST_LR, MF_L, MF_R, MF_LR, auto
  objective = %s
  optimizer = adam(lr=1e-3, clip_norm=1)
  batch     = %d
  epochs    = %d
  stop      = best(valid.bound)
}

eval {
  nll   = importance(samples=1000)
  bound = elbo(samples=2)
}
`

func lines(list []string) string {
	var b strings.Builder
	for _, l := range list {
		b.WriteString("  " + l + "\n")
	}
	return b.String()
}

// origin is a comment that says which data a model was made for.
func origin(d *data.Summary) string {
	if d.Path == "" {
		return ""
	}
	return fmt.Sprintf("// Made for %s: %s in %s.\n", d.Path, count(d.Rows, "row"), count(d.Sequences, "sequence"))
}

func sized(kind string, n int) string {
	if n == 1 {
		return kind
	}
	return fmt.Sprintf("%s[%d]", kind, n)
}

// suffixes is what follows a variable's type.
func suffixes(v data.Var) string {
	out := ""
	if v.Missing {
		out += " missing"
	}
	if len(v.Columns) > 0 {
		quoted := make([]string, len(v.Columns))
		for i, c := range v.Columns {
			quoted[i] = strconv.Quote(c)
		}
		out += " from columns(" + strings.Join(quoted, ", ") + ")"
	}
	return out
}
