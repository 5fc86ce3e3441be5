package predict

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gonum.org/v1/gonum/stat"

	"ssmc/inference/data"
	"ssmc/runtime"
)

// walker is a model by hand: z[t] ~ Normal(0.8 z[t-1], 1), x[t] ~ Normal(z[t], 1), and a
// binary y[t] of probability 0.3.
type walker struct {
	x, y  []float32
	z     float64
	known int
	r     *rand.Rand
}

func (w *walker) Ports() []runtime.Port {
	return []runtime.Port{{Name: "x", Kind: runtime.Real, Cols: 1, Observed: true}, {Name: "y", Kind: runtime.Binary, Cols: 1, Observed: true}}
}
func (w *walker) Latents() []runtime.Port {
	return []runtime.Port{{Name: "z", Kind: runtime.Real, Cols: 1}}
}
func (w *walker) Memory() int { return 1 }

func (w *walker) Begin(_ int, data [][]float32, _ [][]bool) { w.x, w.y = data[0], data[1] }

func (w *walker) From(known int, latents [][]float32, key uint64) {
	w.known, w.z, w.r = known, 0, rand.New(rand.NewPCG(key, 1))
	if known > 0 {
		w.z = float64(latents[0][0])
	}
}

func (w *walker) Next(f *runtime.Forecast, _ int, _ [][]float32) error {
	w.z = 0.8*w.z + w.r.NormFloat64()
	e := float64(w.x[w.known]) - w.z
	logx, logy := -(e*e+math.Log(2*math.Pi))/2, math.Log(0.3)
	if w.y[w.known] == 0 {
		logy = math.Log(0.7)
	}
	f.Log, f.Latents = logx+logy, [][]float32{{float32(w.z)}}
	f.Vars = []runtime.VarForecast{{Log: []float64{logx}, Draws: []float64{w.z + w.r.NormFloat64()}},
		{Log: []float64{logy}, Chance: []float64{0.3}, Draws: []float64{1}}}
	w.known++
	return nil
}

// walks is sequences of that model.
func walks(n, steps int) *data.Set {
	vars := []data.Var{{Name: "x", Role: data.Observed, Size: 1}, {Name: "y", Role: data.Observed, Kind: data.Binary, Size: 1, Missing: true}}
	r := rand.New(rand.NewPCG(1, 2))
	var list []data.Sequence
	for range n {
		x, y, here, z := make([]float32, steps), make([]float32, steps), make([]bool, steps), 0.0
		for t := range x {
			z = 0.8*z + r.NormFloat64()
			x[t] = float32(z + r.NormFloat64())
			if here[t] = r.Float64() < 0.8; here[t] && r.Float64() < 0.3 {
				y[t] = 1
			}
		}
		list = append(list, data.NewSequence(vars, "s", steps, [][]float32{x, y}, [][]bool{nil, here}, nil))
	}
	return data.NewSet("walks", vars, "", list)
}

func predictionOf(t *testing.T, set *data.Set, p Plan) *Prediction {
	t.Helper()
	w := &walker{}
	x := &Predictor{Set: set, Forecasters: []runtime.Forecaster{w}, Plan: p, Source: &Bootstrap{Latents: w.Latents(), Memory: 1, Plan: p}}
	out, err := x.Scores(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestErrorsTold compares the errors that are told with the spread of 150 predictions of
// seeds of their own. That of five filters is too small by 6 % on average; the spread is
// known to 6 %.
func TestErrorsTold(t *testing.T) {
	set := walks(2, 6)
	var log, crps, told, toldCRPS []float64
	for seed := range uint64(150) {
		s := &predictionOf(t, set, Plan{Ahead: 2, Filters: 5, Particles: 30, Seed: seed}).Steps[1]
		log, told = append(log, float64(s.Log.Value)), append(told, float64(s.Log.Error))
		crps, toldCRPS = append(crps, float64(s.Vars[0].CRPS.Value)), append(toldCRPS, float64(s.Vars[0].CRPS.Error))
	}
	for name, pair := range map[string][2][]float64{"log score": {log, told}, "CRPS": {crps, toldCRPS}} {
		if spread, say := stat.StdDev(pair[0], nil), stat.Mean(pair[1], nil); math.Abs(say/spread-1) > 0.25 {
			t.Errorf("the %s varies by %g, and tells an error of %g", name, spread, say)
		}
	}
}

// TestFrames counts the frames and numbers of each horizon; blanks are none of them. What
// has a formula is scored by it: the binary number's scores are those of 0.3.
func TestFrames(t *testing.T) {
	set := walks(3, 7)
	got := predictionOf(t, set, Plan{Ahead: 9, Filters: 1, Particles: 4})
	for h, s := range got.Steps {
		there, brier := 0, 0.0
		for i := range set.Sequences {
			q := &set.Sequences[i]
			for step := h; step < q.Len; step++ {
				if q.Present(1)[step] {
					y := float64(q.Values(1)[step])
					there, brier = there+1, brier+(y-0.3)*(y-0.3)
				}
			}
		}
		frames := 3 * max(0, 7-h)
		if s.Ahead != h+1 || s.Frames != frames || s.Vars[0].Numbers != frames || s.Vars[1].Numbers != there {
			t.Errorf("%d ahead: %+v", h+1, s)
		}
		if there > 0 && math.Abs(float64(s.Vars[1].Brier.Value)-brier/float64(there)) > 1e-12 {
			t.Errorf("%d ahead: a Brier score of %g, want %g", h+1, float64(s.Vars[1].Brier.Value), brier/float64(there))
		}
		if frames == 0 && !math.IsNaN(float64(s.Log.Value)) {
			t.Errorf("nothing has the score %g", float64(s.Log.Value))
		}
	}
}

func TestSystematic(t *testing.T) {
	for _, u := range []float64{0, 0.3, 0.999} {
		counts := make([]int, 4)
		for _, i := range systematic([]float64{0.1, 0, 0.65, 0.25}, 20, u) {
			counts[i]++
		}
		if counts[0] != 2 || counts[1] != 0 || counts[2] != 13 || counts[3] != 5 {
			t.Errorf("u = %g: %v", u, counts)
		}
	}
}

// TestResample moves particles to those that weigh: each keeps a path of its own, of as
// many steps as are remembered.
func TestResample(t *testing.T) {
	b := &Bootstrap{Latents: []runtime.Port{{Cols: 1}, {Cols: 2, Static: true}}, Memory: 2, Plan: Plan{Filters: 2, Particles: 4}}
	if err := b.Begin(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	step := func(logs ...float64) *Drawn {
		d := &Drawn{Log: logs, Latents: make([][][]float32, 8)}
		for k := range d.Latents {
			d.Latents[k] = [][]float32{{float32(10*b.known + k)}, {float32(k), 7}}
		}
		return d
	}
	b.Observe(step(make([]float64, 8)...))
	b.Observe(step(make([]float64, 8)...))
	b.Observe(step(-100, 0, -100, -100, 0, -1, 0, 0)) // one of the first filter alone; all of the other
	c, err := b.After(context.Background(), 3)
	if err != nil {
		t.Fatal(err)
	}
	one := [][]float32{{11, 21}, {1, 7}}
	want := [][][]float32{one, one, one, one, {{14, 24}, {4, 7}}, {{15, 25}, {5, 7}}, {{16, 26}, {6, 7}}, {{17, 27}, {7, 7}}}
	if d := cmp.Diff(want, c.Latents); d != "" {
		t.Error(d)
	}
	w := 1 / (3 + math.Exp(-1))
	for k, want := range []float64{0.25, 0.25, 0.25, 0.25, w, w * math.Exp(-1), w, w} {
		if math.Abs(c.Weights[k]-want) > 1e-12 {
			t.Errorf("particle %d weighs %g, want %g", k, c.Weights[k], want)
		}
	}
	b.Observe(step(make([]float64, 8)...))
	if b.paths[0][0][0] != 21 || b.paths[0][0][1] != 30 || b.paths[1][0][1] != 31 {
		t.Errorf("particles share a path: %v", b.paths)
	}
}

// TestImpossible: where no particle can have led to what was observed, all go on.
func TestImpossible(t *testing.T) {
	w, inf := make([]float64, 2), math.Inf(-1)
	normalise(w, []float64{inf, inf})
	if w[0] != 0.5 || w[1] != 0.5 {
		t.Errorf("%v", w)
	}
	v := view{weights: []float64{0.5, 0.5}}
	if got := v.logMean(func(int) float64 { return inf }); got != inf {
		t.Errorf("%g", got)
	}
	if got := v.logMean(func(r int) float64 { return []float64{inf, -1000}[r] }); math.Abs(got+1000-math.Log(0.5)) > 1e-12 {
		t.Errorf("%g", got)
	}
}

// TestChanceByFrequency: without a formula the probability is how often a one was drawn,
// half a draw added; and a density of several numbers together counts once.
func TestChanceByFrequency(t *testing.T) {
	d := &Drawn{Log: make([]float64, 4), vars: []drawnVar{{
		logs: [][]float64{{-2}, {-2}, {-2}, {-2}}, chances: make([][]float64, 4), values: [][]float64{{1, 0}, {1, 1}, {0, 0}, {1, 0}}}}}
	e := ofCloud(&Cloud{Weights: []float64{0.5, 0.5, 0.5, 0.5}}, d, 2)
	p := make([]float64, 2)
	e.chance(p, &e.views[0], 0, 0, true)
	if math.Abs(p[1]-3.5/5) > 1e-12 || math.Abs(p[0]-1.5/5) > 1e-12 {
		t.Errorf("%v", p)
	}
	s := &sheet{vars: []variable{{cols: 2}}}
	if a, b := s.density(e, &e.views[0], 0, 0, true), s.density(e, &e.views[0], 0, 1, false); a != -2 || b != 0 {
		t.Errorf("densities %g and %g", a, b)
	}
}

// twoStates tells exactly of a model that has two states: of weights 0.25 and 0.75.
type twoStates struct{ *walker }

func (twoStates) Begin(int, [][]float32, [][]bool) {}
func (twoStates) Free() int                        { return 1 }
func (twoStates) Log(int) float64                  { return -9 }
func (twoStates) Draw(int, *rand.Rand, int) [][][]float32 {
	return nil
}
func (twoStates) Ahead(int, int) *runtime.Outlook {
	return &runtime.Outlook{Weights: []float64{0.25, 0.75}, Latents: [][][]float32{{{0}}, {{1}}}, Mean: make([][]float64, 2), Var: make([][]float64, 2)}
}

// stated is a forecaster of which x is the state.
type stated struct{ walker }

func (s *stated) Next(f *runtime.Forecast, draws int, given [][]float32) error {
	state := float64(given[0][0])
	f.Log, f.Latents = -1-state, given
	x, y := make([]float64, draws), make([]float64, draws)
	for k := range x {
		x[k] = state
	}
	f.Vars = []runtime.VarForecast{{Log: []float64{-1 - state}, Draws: x}, {Log: []float64{0}, Chance: []float64{state}, Draws: y}}
	return nil
}

// TestOutlook weighs densities and probabilities exactly.
func TestOutlook(t *testing.T) {
	vars := walks(1, 1).Vars
	set := data.NewSet("one", vars, "", []data.Sequence{data.NewSequence(vars, "s", 1, [][]float32{{0}, {1}}, nil, nil)})
	p := &Predictor{Set: set, Forecasters: []runtime.Forecaster{&stated{}}, Exact: twoStates{}, Plan: Plan{Ahead: 1, Filters: 3, Particles: 8}}
	got, err := p.Scores(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s := &got.Steps[0]
	want := -math.Log(0.25*math.Exp(-1) + 0.75*math.Exp(-2))
	if math.Abs(float64(s.Log.Value)-want) > 1e-12 || s.Log.Error != 0 {
		t.Errorf("log score %v, want %g", s.Log, want)
	}
	if math.Abs(float64(s.Vars[1].Brier.Value)-0.0625) > 1e-12 {
		t.Errorf("Brier score %g, want (0.75 - 1)²", float64(s.Vars[1].Brier.Value))
	}
}

func TestNaive(t *testing.T) {
	set := walks(4, 10)
	for _, name := range []string{"climatology", "persistence", "ar"} {
		p, err := Naive(name, set, set, (&walker{}).Ports(), 2)
		if err != nil {
			t.Fatal(err)
		}
		s := &p.Steps[1]
		if s.Frames != 36 || s.Vars[0].Numbers != 36 || (len(p.Orders["x"]) == 1) != (name == "ar") {
			t.Errorf("%s: %+v", name, p)
		}
		joint := float64(s.Vars[0].Log.Value)*36 + float64(s.Vars[1].Log.Value)*float64(s.Vars[1].Numbers)
		if math.Abs(float64(s.Log.Value)*36-joint) > 1e-9*joint {
			t.Errorf("%s: numbers add up to %g nats, and frames to %g", name, joint, 36*float64(s.Log.Value))
		}
	}
	if _, err := Naive("ar", data.NewSet("no", nil, "", nil), set, (&walker{}).Ports(), 1); err == nil {
		t.Error("there is nothing to learn from, and no error")
	}
}

// TestCalibration writes a row a point, and none for what was never forecast.
func TestCalibration(t *testing.T) {
	got, err := Calibration([]*Prediction{predictionOf(t, walks(2, 5), Plan{Ahead: 1, Filters: 2, Particles: 10})})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(got)), "\n")
	if lines[0] != "by,variable,ahead,kind,low,high,numbers,forecast,observed" || len(lines) != 1+20+4+1 {
		t.Errorf("%d lines:\n%s", len(lines), got)
	}
	if last := lines[len(lines)-1]; !strings.HasPrefix(last, "model,y,1,reliability,0.3,0.4,") || !strings.Contains(last, ",0.3,") {
		t.Error(last)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := &walker{}
	p := Plan{Ahead: 1, Filters: 1, Particles: 2}
	x := &Predictor{Set: walks(1, 3), Forecasters: []runtime.Forecaster{w}, Plan: p, Source: &Bootstrap{Latents: w.Latents(), Memory: 1, Plan: p}}
	if _, err := x.Scores(ctx); err != context.Canceled {
		t.Errorf("%v", err)
	}
}
