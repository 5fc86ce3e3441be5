package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// answeredBy is the answer that a query left in a run.
func answeredBy(t *testing.T, dir, file string) (a answered) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

const treatedModel = `
model Treated {
  observed x[t]: real
  input    u[t]: binary[2]  from columns("drug", "other")
  latent   z[t]: real
  const effect = -1.5
  z[1] ~ Normal(mean=0, var=1)
  z[t] ~ Normal(mean=0.8 * z[t-1] + effect * u[t-1][1], var=0.3)
  x[t] ~ Normal(mean=z[t], var=0.2)
}

query stop on train {
  let k = first(u[t].drug == 1)
  given x[1:k], u[1:k]
  do u[k:T].drug = 0
  report mean(x[k+1:T]) as level
  report mean(z[k]) as start
  versus factual
  samples = 200
}

guide G = exact
`

// treatedInputs is a table of inputs, most sequences with the drug from some step on.
func treatedInputs(n, steps int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("sequence,t,drug,other\n")
	for i := range n {
		from := 3 + r.IntN(9)
		for t := range steps {
			drug := 0
			if t >= from && r.Float64() < 0.8 {
				drug = 1
			}
			fmt.Fprintf(&b, "%d,%d,%d,%d\n", i+1, t+1, drug, r.IntN(2))
		}
	}
	return b.String()
}

// TestQueryExact compares the effect of leaving a drug out with its closed form in a
// linear model: Σ 0.8^(j-1-i) 1.5 u[k+i] at step k+j, whatever the noise; and the
// latents that it begins with with the Kalman filter's, to five Monte-Carlo errors.
func TestQueryExact(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "m.ssm"), treatedModel)
	write(t, filepath.Join(dir, "u.csv"), treatedInputs(40, 10))
	ssmc(t, dir, "simulate", "m.ssm", "--data", "u.csv", "--out", "d.csv")
	ssmc(t, dir, "fit", "m.ssm", "d.csv", "--out", "run", "--quiet")
	one := ssmc(t, dir, "query", "run", "--threads", "1")
	if two := ssmc(t, dir, "query", "run", "--threads", "2"); one != two {
		t.Errorf("the answer depends on the threads:\n%s\n%s", one, two)
	}
	got := answeredBy(t, dir, "run/query-stop.json")
	// All sequences are scored here; train is a part of them.
	ssmc(t, dir, "query", "run", "d.csv", "--split", "all")
	all := answeredBy(t, dir, "run/query-stop.json")
	if got.Sequences >= all.Sequences || got.Part != "train" {
		t.Errorf("%d sequences of %s, %d of all", got.Sequences, got.Part, all.Sequences)
	}
	effect, start, n := treatedEffect(t, filepath.Join(dir, "d.csv"))
	if all.Sequences != n {
		t.Errorf("%d sequences are asked about, want %d", all.Sequences, n)
	}
	if d := float64(all.Reports[0].Difference.Value); math.Abs(d-effect) > 1e-5 {
		t.Errorf("the effect is %g, want %g", d, effect)
	}
	if s := all.Reports[1].Value; math.Abs(float64(s.Value)-start) > 5*float64(s.Error) {
		t.Errorf("z[k] is %g ± %g, want %g", float64(s.Value), float64(s.Error), start)
	}
}

// treatedEffect is the mean effect, the mean filtered latent at step k, and how many
// sequences have the drug before their last step.
func treatedEffect(t *testing.T, file string) (effect, start float64, n int) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	x, u := map[string][]float64{}, map[string][]float64{}
	for _, row := range rows[1:] {
		a, _ := strconv.ParseFloat(row[2], 64)
		b, _ := strconv.ParseFloat(row[3], 64)
		x[row[0]], u[row[0]] = append(x[row[0]], a), append(u[row[0]], b)
	}
	for id, drug := range u {
		k := 0
		for k < len(drug) && drug[k] == 0 {
			k++
		}
		if k >= len(drug)-1 {
			continue
		}
		n++
		sum, d := 0.0, 0.0
		for i := k; i < len(drug)-1; i++ {
			d = 0.8*d + 1.5*drug[i]
			sum += d / float64(len(drug)-1-k)
		}
		effect, start = effect+sum, start+filteredLast(x[id][:k+1])
	}
	return effect / float64(n), start / float64(n), n
}

// filteredLast is the Kalman filter's mean of the last latent, without the drug.
func filteredLast(x []float64) float64 {
	m, p := 0.0, 1.0
	for i, v := range x {
		if i > 0 {
			m, p = 0.8*m, 0.64*p+0.3
		}
		k := p / (p + 0.2)
		m, p = m+k*(v-m), (1-k)*p
	}
	return m
}

// TestQueryDrawnClasses asks about classes that the guide draws, as indicators, and that
// what is observed shows without doubt.
func TestQueryDrawnClasses(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "m.ssm"), `
use std.nets
model Shown {
  observed x[t]: real
  latent   c[t]: one_of[3]
  c[1] ~ Categorical(probs=[0.3, 0.3, 0.4])
  c[t] ~ Categorical(probs=[0.3, 0.3, 0.4])
  x[t] ~ Normal(mean=5 * onehot(c[t], 3)[2] + 10 * onehot(c[t], 3)[3], sd=0.5)
}
guide D = q(c[t] | x[t]) { c[t] ~ Relaxed(logits=[-1 * square(x[t]), -1 * square(x[t] - 5), -1 * square(x[t] - 10)], temperature=0.5) }
query q {
  given x[1:2]
  report mean(c[2] == 3) as third
}
train { epochs = 1 }
`)
	rows, want := "sequence,t,x\n", 0.0
	for i := range 20 {
		class := i * 7 % 3
		rows += fmt.Sprintf("%d,1,0\n%d,2,%d\n", i+1, i+1, 5*class)
		if class == 2 {
			want += 1.0 / 20
		}
	}
	write(t, filepath.Join(dir, "d.csv"), rows)
	ssmc(t, dir, "fit", "m.ssm", "d.csv", "--out", "run", "--quiet")
	ssmc(t, dir, "query", "run", "d.csv", "--split", "all", "--samples", "5")
	a := answeredBy(t, dir, "run/query-q.json")
	if got := float64(a.Reports[0].Value.Value); math.Abs(got-want) > 1e-6 {
		t.Errorf("the third class has a share of %g, and %g show it", got, want)
	}
}
