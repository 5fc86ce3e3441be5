package data

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"ssmc/lang/diag"
)

// defaultSplit is the share of train, valid and test in a single file.
var defaultSplit = [3]float64{0.70, 0.15, 0.15}

// parts counts how many of n go to each of three shares, at least one to each
// whose share is not zero. It fails where n is too small.
func parts(n int, share [3]float64) (out [3]int, ok bool) {
	total := share[0] + share[1] + share[2]
	for i := 2; i >= 1; i-- {
		if share[i] > 0 {
			out[i] = max(1, int(share[i]/total*float64(n)+0.5))
		}
	}
	out[0] = n - out[1] - out[2]
	for out[0] < 1 && (out[1] > 1 || out[2] > 1) {
		shrink := 1
		if out[2] > out[1] {
			shrink = 2
		}
		out[shrink]--
		out[0]++
	}
	return out, out[0] >= 1
}

// holdOut divides a set into up to three: by sequence where there are enough of
// them, else in time. An empty share gives a nil set.
func holdOut(s *Set, share [3]float64, seed uint64, p *problems) (sets [3]*Set, note string) {
	want := 0
	for _, f := range share {
		if f > 0 {
			want++
		}
	}
	if n := len(s.Sequences); want == 1 || n > 1 && n >= want {
		return bySequence(s, share, seed)
	}
	return inTime(s, share, p)
}

// bySequence shuffles the sequences and deals them out; each part keeps the
// order of the file.
func bySequence(s *Set, share [3]float64, seed uint64) (sets [3]*Set, note string) {
	n, _ := parts(len(s.Sequences), share)
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(s.Sequences))
	lo := 0
	for i := range sets {
		if n[i] == 0 {
			continue
		}
		chosen := order[lo : lo+n[i]]
		lo += n[i]
		slices.Sort(chosen)
		if sets[i] = s.part(i); n[i] == len(order) {
			sets[i].Name = s.Name // it is no part
		}
		for _, q := range chosen {
			sets[i].Sequences = append(sets[i].Sequences, s.Sequences[q])
		}
	}
	return sets, fmt.Sprintf("%s: split by sequence with seed %d: %s", s.Name, seed, countsText(n, "sequences"))
}

// inTime cuts every sequence into a first, a middle and a last part.
func inTime(s *Set, share [3]float64, p *problems) (sets [3]*Set, note string) {
	var total [3]int
	for i := range s.Sequences {
		q := &s.Sequences[i]
		n, ok := parts(q.Len, share)
		if !ok {
			p.errorf(diag.DataSplit, "", place{}, "give more data, or a folder with train, valid and test files",
				"sequence %s has %s: too few to hold some out", shorten(q.ID), plural(q.Len, "step", "steps"))
			return sets, ""
		}
		s.cutParts(q, n, &sets)
		for k := range total {
			total[k] += n[k]
		}
	}
	return sets, fmt.Sprintf("%s: split in time, the last steps held out: %s", s.Name, countsText(total, "steps"))
}

// cutParts adds n[0], n[1] and n[2] steps of a sequence to each of three sets.
func (s *Set) cutParts(q *Sequence, n [3]int, sets *[3]*Set) {
	lo := 0
	for k := range sets {
		if n[k] == 0 {
			continue
		}
		if sets[k] == nil {
			sets[k] = s.part(k)
		}
		sets[k].Sequences = append(sets[k].Sequences, q.slice(s.Vars, lo, lo+n[k]))
		lo += n[k]
	}
}

var partNames = [3]string{"train", "valid", "test"}

// part is an empty set like s for one part of it.
func (s *Set) part(i int) *Set {
	return &Set{Name: s.Name + " (" + partNames[i] + ")", Vars: s.Vars, TimeUnit: s.TimeUnit, Notes: s.Notes, Columns: s.Columns}
}

// countsText is "train 160, valid 34, test 35 sequences".
func countsText(n [3]int, what string) string {
	out := ""
	for i, name := range partNames {
		if n[i] > 0 {
			out += fmt.Sprintf(", %s %d", name, n[i])
		}
	}
	return out[2:] + " " + what
}
