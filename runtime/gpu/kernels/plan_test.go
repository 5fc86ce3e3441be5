package kernels

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// h100 has 227 KB of shared memory for a block.
var h100 = Card{Blocks: 132, Shared: 227 << 10}

// The kernels and the plans must mean the same by the sizes of tiles.
func TestPlanSizes(t *testing.T) {
	for file, names := range map[string]map[string]int{
		"affine.h":  {"SCAN_THREADS": scanThreads, "COLS": tileCols, "ROWS": chunkRows, "TERMS": stepTerms, "GROUP": tileGroup},
		"gemm.h":    {"GEMM_THREADS": GemmThreads, "SIDE": GemmTile},
		"cluster.h": {"CLUSTER": clusterBlocks, "SEQUENCES": clusterSequences},
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range names {
			m := regexp.MustCompile(`\b` + name + ` = (\d+)`).FindSubmatch(text)
			if m == nil || string(m[1]) != strconv.Itoa(want) {
				t.Errorf("%s: %s is %q, plans have %d", file, name, m, want)
			}
		}
	}
	parts := regexp.MustCompile(`parts\[(\d+)\]`).FindStringSubmatch(Text("scan"))
	if parts == nil || parts[1] != strconv.Itoa(partBytes) {
		t.Errorf("sums of parts take %v bytes, plans have %d", parts, partBytes)
	}
}

// checkPlan says what no plan may do.
func checkPlan(t *testing.T, l Loop, c Card, p Plan, team int) {
	t.Helper()
	end := make([]int, 0, len(p.Deals))
	for i, d := range p.Deals {
		if d.First < 0 || d.First >= team || d.Lanes < 1 || d.Lanes > team {
			t.Errorf("product %d of %+v is dealt %+v among %d blocks", i, l, d, team)
		}
		if d.Kept < 0 {
			continue
		}
		end = append(end, d.Kept+l.Products[i].kept(d.Lanes))
		for j, o := range p.Deals[:i] {
			if o.Kept >= 0 && d.Kept < o.Kept+l.Products[j].kept(o.Lanes) && o.Kept < end[len(end)-1] {
				t.Errorf("weights %d and %d of %+v lie in one place", j, i, l)
			}
		}
	}
	for _, e := range end {
		if e > p.Weights(l.Ops) {
			t.Errorf("weights of %+v end at %d of %d", l, e, p.Weights(l.Ops))
		}
	}
	if p.Shared+partBytes > c.Shared {
		t.Errorf("%+v takes %d bytes of %d", l, p.Shared+partBytes, c.Shared)
	}
}

func TestPlan(t *testing.T) {
	lstm := Loop{Products: []Product{{600, 2400}}, Ops: 3, Sequences: 20, Samples: 1, Elements: 20 * 600}
	rnn := Loop{Products: []Product{{600, 600}}, Ops: 2, Sequences: 20, Samples: 1, Elements: 20 * 600}
	back := Loop{Products: []Product{{2400, 600}}, Ops: 4, Sequences: 20, Samples: 1, Elements: 20 * 600}
	chain := Loop{Products: []Product{{100, 600}, {600, 100}, {600, 100}}, Ops: 6, Sequences: 20, Samples: 1, Elements: 20 * 600}
	many := Loop{Products: []Product{{100, 100}}, Ops: 2, Sequences: 20, Samples: 100}
	none := Loop{Ops: 1, Sequences: 20, Samples: 1, Elements: 20 * 100}
	for _, c := range []struct {
		Loop
		blocks  int // of the grid
		kept    bool
		cluster bool
	}{
		{lstm, 100, true, false}, // 300 tiles: 3 each
		{rnn, 75, true, true},
		{back, 75, true, false},
		{chain, 75, true, true},
		{many, 126, true, true}, // 63 chunks of rows for 2 sets of 7 tiles each
		{none, 8, true, true},
	} {
		p := c.Grid(h100)
		checkPlan(t, c.Loop, h100, p, p.Blocks)
		kept := true
		for _, d := range p.Deals {
			kept = kept && d.Kept >= 0
		}
		if p.Blocks != c.blocks || kept != c.kept || p.Threads != scanThreads {
			t.Errorf("%+v: %+v, want %d blocks", c.Loop, p, c.blocks)
		}
		q, ok := c.Cluster(h100)
		checkPlan(t, c.Loop, h100, q, clusterBlocks)
		if ok != c.cluster || q.Blocks != 16 {
			t.Errorf("%+v: as clusters %+v %v, want %v", c.Loop, q, ok, c.cluster)
		}
	}
}

// Any sizes give a plan that keeps its bounds, on small cards too.
func TestPlanAny(t *testing.T) {
	for _, card := range []Card{h100, {Blocks: 108, Shared: 163 << 10}, {Blocks: 3, Shared: 64 << 10}, {Blocks: 1, Shared: partBytes + 4096}} {
		for _, k := range []int{1, 16, 33, 600, 5000} {
			for _, d := range []int{1, 9, 100, 4096} {
				for _, rows := range []int{1, 20, 33, 4000} {
					l := Loop{Products: []Product{{k, d}, {d, k}, {k, k}}, Ops: 9, Sequences: rows, Samples: 2, Elements: rows * k}
					t.Run(fmt.Sprint(card, k, d, rows), func(t *testing.T) {
						p := l.Grid(card)
						checkPlan(t, l, card, p, p.Blocks)
						if p.Blocks > card.Blocks {
							t.Errorf("%d blocks of %d", p.Blocks, card.Blocks)
						}
						q, _ := l.Cluster(card)
						checkPlan(t, l, card, q, clusterBlocks)
					})
				}
			}
		}
	}
}

// More rows are dealt to more blocks, each of which reads them for more columns.
func TestPlanManyRows(t *testing.T) {
	l := Loop{Products: []Product{{600, 600}}, Ops: 1, Sequences: 20, Samples: 2000}
	d := l.Grid(h100).Deals[0]
	if d.Lanes > 600/tileCols/tileGroup+1 {
		t.Errorf("columns of 40000 rows go to %d blocks", d.Lanes)
	}
	o := Op{}
	d.Put(&o)
	if int(o.N[3]) != d.Kept || int(o.N[4]) != d.First || int(o.N[5]) != d.Lanes {
		t.Errorf("%+v became %v", d, o.N)
	}
}

func TestGemmGrid(t *testing.T) {
	for _, c := range []struct{ k, d, rows, parts int }{
		{600, 2400, 1200, 1}, // 380 tiles for 396 blocks
		{88, 600, 1200, 10},  // a part has 128 rows
		{100, 100, 100000, 99},
		{1, 1, 1, 1},
		{5000, 5000, 100000, 1},
	} {
		if got := WeightParts(c.k, c.d, c.rows, h100); got != c.parts {
			t.Errorf("%+v: %d parts", c, got)
		}
	}
	if got, want := GemmGrid(65, 128, 3), [3]int{2, 2, 3}; got != want {
		t.Errorf("a grid of %v, want %v", got, want)
	}
	if got, want := GemmGrid(0, 1, 1), [3]int{1, 1, 1}; got != want {
		t.Errorf("for no rows a grid of %v, want %v", got, want)
	}
}
