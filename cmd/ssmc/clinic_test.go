package main

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// A patient is one simulated sequence of models/data/ehr, with what lies behind it.
type patient struct {
	age, bmi           float64 // standardised
	z                  []float64
	metformin, insulin []int
	a1c, glucose       []int // classes from 1; 0 is blank
	icd                [][3]int
	start              int // the first step with metformin, from 0; the steps where there is none
}

// clinicSteps is the visits of each patient.
const clinicSteps = 12

// newPatient draws a patient. The severity of the disease z starts at
// 0.5 age + 0.4 bmi + N(0, 0.4) and goes on as next has it; a1c has 4 classes and
// glucose 3, by z + N(0, 0.2) between thresholds; diagnoses have logits z-1, 2z-2
// and -1. Metformin is begun with probability 0.25 at a visit after an a1c of 3 or
// more. From then on it is taken at 8 of 10 visits and insulin at 3 of 10, whatever
// comes. Half of the laboratory values are blank.
func newPatient(r *rand.Rand) *patient {
	p := &patient{age: r.NormFloat64(), bmi: r.NormFloat64(), start: clinicSteps}
	z, last := 0.5*p.age+0.4*p.bmi+math.Sqrt(0.4)*r.NormFloat64(), 0
	for t := range clinicSteps {
		p.z = append(p.z, z)
		a1c := drawA1C(r, z)
		p.prescribe(r, t, last)
		p.record(r, a1c)
		z, last = next(r, z, p.metformin[t], p.insulin[t]), a1c
	}
	return p
}

// next is the severity at the next visit.
func next(r *rand.Rand, z float64, metformin, insulin int) float64 {
	return 0.9*z + 0.3 - 0.7*float64(metformin) - 0.4*float64(insulin) + math.Sqrt(0.1)*r.NormFloat64()
}

func drawA1C(r *rand.Rand, z float64) int {
	return classOf(z+math.Sqrt(0.2)*r.NormFloat64(), 0.5, 1.5, 2.3)
}

// classOf is the class of v, from 1, by the thresholds between classes.
func classOf(v float64, thresholds ...float64) int {
	k := 1
	for _, c := range thresholds {
		if v > c {
			k++
		}
	}
	return k
}

func coin(r *rand.Rand, q float64) int {
	if r.Float64() < q {
		return 1
	}
	return 0
}

// prescribe draws the drugs of a visit.
func (p *patient) prescribe(r *rand.Rand, t, last int) {
	metformin, insulin := coin(r, 0.8), coin(r, 0.3)
	if begin := coin(r, 0.25); p.start > t {
		metformin, insulin = 0, 0
		if last >= 3 && begin == 1 {
			p.start, metformin = t, 1
		}
	}
	p.metformin, p.insulin = append(p.metformin, metformin), append(p.insulin, insulin)
}

// record draws what is written down of a visit.
func (p *patient) record(r *rand.Rand, a1c int) {
	z := p.z[len(p.z)-1]
	p.a1c = append(p.a1c, coin(r, 0.5)*a1c)
	p.glucose = append(p.glucose, coin(r, 0.5)*classOf(z+math.Sqrt(0.2)*r.NormFloat64(), 0.8, 1.8))
	p.icd = append(p.icd, [3]int{coin(r, sigmoid(z-1)), coin(r, sigmoid(2*z-2)), coin(r, sigmoid(-1))})
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// clinic is patients numbered from first as a table, and the effect of leaving the
// drugs out from the first metformin on: the share of visits behind it with an a1c of
// 3 or more, without less with, a mean over the patients who have such visits.
func clinic(r *rand.Rand, first, n int) (table []byte, effect float64) {
	var b bytes.Buffer
	b.WriteString("sequence,t,metformin,insulin,a1c,glucose,icd_1,icd_2,icd_3,age,bmi\n")
	futures, asked := rand.New(rand.NewPCG(uint64(first), 2)), 0
	for i := range n {
		p := newPatient(r)
		for t := range clinicSteps {
			fmt.Fprintf(&b, "%d,%d,%d,%d,%s,%s,%d,%d,%d,%.3f,%.3f\n", first+i, t+1, p.metformin[t], p.insulin[t], blankOr(p.a1c[t]), blankOr(p.glucose[t]),
				p.icd[t][0], p.icd[t][1], p.icd[t][2], p.age, p.bmi)
		}
		if p.start < clinicSteps-1 {
			effect, asked = effect+p.share(futures, 0)-p.share(futures, 1), asked+1
		}
	}
	return b.Bytes(), effect / float64(asked)
}

// share is the expected share of visits behind the first metformin with an a1c of 3
// or more, with the drugs times given, by 400 futures.
func (p *patient) share(r *rand.Rand, given int) (s float64) {
	const futures = 400
	for range futures {
		z := p.z[p.start]
		for t := p.start; t+1 < clinicSteps; t++ {
			z = next(r, z, given*p.metformin[t], given*p.insulin[t])
			if drawA1C(r, z) >= 3 {
				s += 1 / float64(futures*(clinicSteps-1-p.start))
			}
		}
	}
	return s
}

func blankOr(k int) string {
	if k == 0 {
		return ""
	}
	return fmt.Sprint(k)
}

// clinicEffect is the effect in models/data/ehr/test.csv, as clinic has it.
const clinicEffect = 0.61

// TestClinicData makes the tables of models/data/ehr anew.
func TestClinicData(t *testing.T) {
	r := rand.New(rand.NewPCG(2017, 1))
	first := 1
	for _, part := range []struct {
		name string
		n    int
	}{{"train", 250}, {"valid", 50}, {"test", 100}} {
		table, effect := clinic(r, first, part.n)
		first += part.n
		name := filepath.Join("..", "..", "models", "data", "ehr", part.name+".csv")
		if *update {
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			write(t, name, string(table))
		}
		there, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(there, table) {
			t.Errorf("%s is not what the generator makes", name)
		}
		if t.Logf("%s: the effect is %.3f", part.name, effect); part.name == "test" && math.Abs(effect-clinicEffect) > 0.005 {
			t.Errorf("the effect in the test data is %.3f, want %.2f", effect, clinicEffect)
		}
	}
}

// TestClinicQuery fits the shipped model to the shipped data: its query finds the
// effect of the drugs to within 0.05, which is what three seeds differ by and what
// 250 patients tell.
func TestClinicQuery(t *testing.T) {
	if testing.Short() {
		t.Skip("fits for ten seconds")
	}
	dir := t.TempDir()
	ssmc(t, dir, "fit", "ehr", "ehr", "--out", "run", "--quiet", "--set", "eval.nll=none")
	ssmc(t, dir, "query", "run")
	a := answeredBy(t, dir, "run/query-no_drugs.json")
	got := a.Reports[0].Difference
	t.Logf("the effect is %.3f, from %.3f to %.3f", float64(got.Value), float64(got.Low), float64(got.High))
	if math.Abs(float64(got.Value)-clinicEffect) > 0.05 {
		t.Errorf("the effect is %.3f, want %.2f", float64(got.Value), clinicEffect)
	}
	if a.LeftOut["have no k"] == 0 {
		t.Error("every patient has the drug")
	}
}
