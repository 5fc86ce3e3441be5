package cpu

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"ssmc/runtime"
	"ssmc/runtime/kernel"
	"ssmc/runtime/op"
	"ssmc/runtime/scalar"
)

var (
	_ runtime.Machine = (*Shards[float32])(nil)
	_ runtime.Carrier = (*Shards[float32])(nil)
)

// ragged is the lengths of 70 sequences, enough for four shards.
func ragged() []int {
	lens := []int{40}
	for i := range 69 {
		lens = append(lens, 1+(69-i)/5)
	}
	return lens
}

// sharded is a machine for m that cuts batches.
func sharded[F Float](t *testing.T, m *runtime.Model, s runtime.Spec, pool *kernel.Pool) *Shards[F] {
	t.Helper()
	x, err := NewShards(m, s, paramsOf[F](m), pool, true)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// everything has terms of every kind, with noise, dropout, missing values, a
// recurrence, a parameter that two inputs hold, and a prior.
func everything(b *builder) {
	x := b.noisy(b.frames(2))
	b.score(x)
	b.score(b.frames(1))
	b.score(b.seqs(2))
	seen := b.Input(op.Source{Kind: op.Present, Name: "x"}, op.PerFrame(dataCols))
	kept := b.Input(op.Source{Kind: op.Dropout, Name: "d", Rate: 0.3}, op.PerFrame(dataCols))
	b.score(b.formula(scalar.Mul(va, scalar.Mul(vb, vc)), false, []*op.Value{b.frames(dataCols), seen, kept}))
	rnn(b, true)
	twice := b.Input(op.Source{Kind: op.Param, Name: "p0"}, op.Static(dataCols, 2))
	b.score(b.apply(op.Affine{}, b.Input(op.Source{Kind: op.Data, Name: "x"}, op.PerFrame(dataCols)), twice))
	b.score(b.apply(op.LogSoftmax{}, b.param(1, 2)))
	z := b.formula(fn("exp", va), false, []*op.Value{x})
	b.terms = append(b.terms, runtime.Term{Name: "z", Kind: runtime.Latent, Value: z})
}

// missing is batchOf with values that are not there.
func missing(lens []int) *runtime.Batch {
	b := batchOf(lens)
	b.Present = make([][]float32, len(b.Data))
	b.Present[0] = make([]float32, len(b.Data[0]))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b.Present[0] {
		b.Present[0][i] = float32(r.IntN(2))
	}
	return b
}

// shardCases are models, and how the samples of their bounds are joined.
var shardCases = map[string]struct {
	join  op.Join
	build func(*builder)
}{
	"mean": {op.Mean, everything}, "log mean": {op.LogMean, joinedTerms}, "filter": {op.Filter, resampled},
}

// TestShards compares shards with a batch that is not cut: only the order of sums
// differs, to 1e-12 in float64.
func TestShards(t *testing.T) {
	for name, c := range shardCases {
		for _, k := range []int{1, 3} {
			t.Run(fmt.Sprint(name, "/", k), func(t *testing.T) {
				m, s := modelOf(false, c.build), runtime.Spec{Join: c.join}
				x, _ := machineOf(t, m, s)
				y := sharded[float64](t, m, s, nil)
				b, r := missing(ragged()), runOf(x, k)
				r.Scale = 0.25
				run(t, x, b, r)
				run(t, y, steps(70, 3), r) // of another size, whose shards leave numbers behind
				run(t, y, b, r)
				if len(y.shards) != 4 {
					t.Fatalf("%d shards", len(y.shards))
				}
				closeTo(t, outputs(x, b, k), outputs(y, b, k))
				closeTo(t, map[string][]float64{"gradient": x.Grad()}, map[string][]float64{"gradient": y.Grad()})
			})
		}
	}
}

// steps is n sequences of as many steps each.
func steps(n, each int) *runtime.Batch { return missing(slices.Repeat([]int{each}, n)) }

// machine is what Machine and Shards have in common.
type machine interface {
	runtime.Machine
	Norm() float64
}

// outputs is all that a run tells.
func outputs(x machine, b *runtime.Batch, k int) map[string][]float64 {
	bounds := make([]float64, len(b.Lens))
	x.Bounds(bounds)
	out := map[string][]float64{"cost": {x.Cost()}, "norm": {x.Norm()}, "bounds": bounds}
	for i, term := range x.Terms() {
		sums := make([]float64, len(b.Lens)*k)
		x.Sequence(sums, i)
		out[term.Name] = slices.Clone(x.Term(i))
		out[term.Name+" by sequence"], out[term.Name+" weighed"] = sums, []float64{x.Weighed(i)}
	}
	if y, ok := x.(interface{ latents() int }); ok && y.latents() > 0 {
		out["latent"] = slices.Clone(x.Latent(0))
	}
	return out
}

func (x *results[F]) latents() int { return len(x.samples) }

// closeTo compares numbers by name, to 1e-12 of the largest of them.
func closeTo(t *testing.T, want, got map[string][]float64) {
	t.Helper()
	for name, w := range want {
		scale := 1.0
		for _, v := range w {
			scale = max(scale, math.Abs(v))
		}
		if len(got[name]) != len(w) {
			t.Fatalf("%s: %d numbers, want %d", name, len(got[name]), len(w))
		}
		for i, v := range got[name] {
			if !(math.Abs(v-w[i]) <= 1e-12*scale) {
				t.Fatalf("%s, number %d: %v, want %v", name, i, v, w[i])
			}
		}
	}
}

// TestShardThreads asks for the same bits from any number of threads.
func TestShardThreads(t *testing.T) {
	for name, c := range shardCases {
		t.Run(name, func(t *testing.T) {
			m, s := modelOf(false, c.build), runtime.Spec{Join: c.join}
			b := missing(ragged())
			x := sharded[float32](t, m, s, nil)
			run(t, x, b, runOf(x, 3))
			want, grad := outputs(x, b, 3), slices.Clone(x.Grad())
			for _, threads := range []int{1, 2, 3} {
				pool := kernel.NewPool(threads)
				defer pool.Close()
				y := sharded[float32](t, m, s, pool)
				for range 3 {
					run(t, y, b, runOf(y, 3))
					if !reflect.DeepEqual(outputs(y, b, 3), want) || !slices.Equal(y.Grad(), grad) {
						t.Errorf("%d threads give other bits than one", threads)
					}
				}
			}
		})
	}
}

// TestShardGradient compares with finite differences, where terms that count once
// for all are among others.
func TestShardGradient(t *testing.T) {
	m := modelOf(false, everything)
	p := paramsOf[float64](m)
	x, err := NewShards(m, runtime.Spec{}, p, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	b, r := missing(ragged()), runOf(x, 2)
	run(t, x, b, r)
	got, scale := slices.Clone(x.Grad()), x.Norm()
	for i := range m.Params {
		at := p.Off[i]
		want := difference(&p.Values[at], func() float64 { run(t, x, b, r); return x.Cost() })
		if math.Abs(got[at]-want) > 1e-8*scale { // as checkForm
			t.Errorf("%s: gradient %v, differences %v", m.Params[i].Name, got[at], want)
		}
	}
}

// TestWhole shows which batches are not cut.
func TestWhole(t *testing.T) {
	gated := func(b *builder) {
		x := b.frames(2)
		b.score(b.apply(op.Gate{Least: 0.1}, x, b.frames(1)))
	}
	big := func(b *builder) {
		b.score(b.apply(op.Affine{}, b.frames(400), b.param(400, 400)))
	}
	for name, c := range map[string]struct {
		build func(*builder)
		lens  []int
		want  int
	}{
		"few": {everything, slices.Repeat([]int{2}, 31), 0}, "coupled": {gated, ragged(), 0}, "large": {big, ragged(), 0},
		"two": {everything, slices.Repeat([]int{2}, 32), 2}, "many": {everything, slices.Repeat([]int{1}, 2000), 64},
	} {
		x := sharded[float64](t, modelOf(false, c.build), runtime.Spec{}, nil)
		run(t, x, batchOf(c.lens), runOf(x, 1))
		if len(x.shards) != c.want {
			t.Errorf("%s: %d shards, want %d", name, len(x.shards), c.want)
		}
	}
}

// TestCuts deals frames out evenly, and no shard too few sequences.
func TestCuts(t *testing.T) {
	falling := make([]int, 200)
	for i := range falling {
		falling[i] = 200 - i
	}
	for name, c := range map[string]struct{ lens, want []int }{
		"even":    {slices.Repeat([]int{25}, 200), []int{25, 50, 75, 100, 125, 150, 175, 200}},
		"one":     {append([]int{9999}, slices.Repeat([]int{9}, 127)...), []int{16, 32, 48, 64, 80, 96, 112, 128}},
		"falling": {falling, nil},
	} {
		got, lo := cuts(nil, c.lens, 8, 16), 0
		if c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: cuts %v, want %v", name, got, c.want)
		}
		for _, hi := range got {
			if hi-lo < 16 {
				t.Errorf("%s: cuts %v", name, got)
			}
			lo = hi
		}
		if len(got) != 8 || lo != len(c.lens) {
			t.Errorf("%s: cuts %v of %d", name, got, len(c.lens))
		}
	}
}

// TestShardNotFinite asks for the sequence and the time of a number that is not
// finite, and for a machine that works on.
func TestShardNotFinite(t *testing.T) {
	pool := kernel.NewPool(2)
	defer pool.Close()
	x := sharded[float64](t, modelOf(false, func(b *builder) { b.score(b.frames(2)) }), runtime.Spec{}, pool)
	for _, at := range []int{0, 25, 69} {
		b := batchOf(ragged())
		for i := range b.Index {
			b.Index[i] = 900 - i
		}
		time := b.Lens[at]
		b.Data[0][(op.NewLayout(b.Lens).Off[time-1]+at)*dataCols] = float32(math.Inf(1))
		var e *NotFinite
		if err := x.Run(b, runOf(x, 1)); !errors.As(err, &e) || e.Sequence != 900-at || e.Time != time || e.Op != "Affine" {
			t.Errorf("%v, want sequence %d at %d", err, 900-at+1, time)
		}
		run(t, x, batchOf(ragged()), runOf(x, 1))
	}
}

// TestShardCarry cuts pieces that go on, in shards that change from batch to
// batch, and compares with machines that do not.
func TestShardCarry(t *testing.T) {
	const k = 2
	c := cuttingOf(true, func(b *builder) { chain(b, false); times(b) })
	whole := c.whole(slices.Repeat([]int{12}, 70), k)
	pool := kernel.NewPool(2)
	defer pool.Close()
	x, _ := carrying[float64](t, c.Model, nil)
	y := sharded[float64](t, c.Model, runtime.Spec{Carry: true}, pool)
	begin, r := make([]int, 70), rand.New(rand.NewPCG(3, 4))
	for range 4 {
		var parts []part
		for i, lo := range begin {
			begin[i] = min(12, lo+1+r.IntN(4))
			if lo < 12 {
				parts = append(parts, part{i, lo, begin[i]})
			}
		}
		b, known := c.cut(whole, k, parts), y.Carried()
		last := &b.Data[0][len(b.Data[0])-1]
		good := *last
		*last = float32(math.NaN())
		var e *NotFinite
		if err := y.Run(b, runOf(y, k)); !errors.As(err, &e) || !reflect.DeepEqual(y.Carried(), known) {
			t.Errorf("%v, or a run that failed changes what is known", err)
		}
		*last = good
		run(t, x, b, runOf(x, k))
		run(t, y, b, runOf(y, k))
		closeTo(t, outputs(x, b, k), outputs(y, b, k))
		if len(y.shards) < 2 || !reflect.DeepEqual(x.Carried(), y.Carried()) {
			t.Fatalf("%d shards carry something else", len(y.shards))
		}
	}
}

// TestShardsSteady: once arrays have grown, a run allocates what lays out batches,
// and nothing for each frame or number.
func TestShardsSteady(t *testing.T) {
	x := sharded[float32](t, modelOf(false, everything), runtime.Spec{}, nil)
	b, r := missing(ragged()), runOf(x, 2)
	run(t, x, b, r)
	got := testing.AllocsPerRun(5, func() { run(t, x, b, r) })
	if most := 10.0 * float64(1+len(x.shards)); got > most { // six a layout, with samples
		t.Errorf("%v allocations a run, want at most %v", got, most)
	}
}

// TestShardsProfile: times are parts of those of runs, and calls are counted.
func TestShardsProfile(t *testing.T) {
	pool := kernel.NewPool(2)
	defer pool.Close()
	x := sharded[float32](t, modelOf(false, everything), runtime.Spec{}, pool)
	x.SetProfile(true)
	run(t, x, missing(ragged()), runOf(x, 2))
	busy := 0.0
	for _, p := range x.Profile() {
		busy += p.Time.Seconds()
		if p.Calls != 4 {
			t.Errorf("%+v", p)
		}
	}
	if wall := x.clock.wall.Seconds(); busy > 1.001*wall {
		t.Errorf("ops take %v s of %v", busy, wall)
	}
	if one, _ := start[float32](t, x.first.model, nil, true); x.Bytes() <= one.Bytes() {
		t.Errorf("%d bytes", x.Bytes())
	}
}
