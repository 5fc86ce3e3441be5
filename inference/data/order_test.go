package data

import (
	"slices"
	"testing"

	"ssmc/lang/diag"
)

func TestOrderDiagnostics(t *testing.T) {
	for _, c := range []struct {
		name, text string
		code       diag.Code
		want       string
	}{
		{"twice", "t,x\n1,1\n2,1\n2,1\n", diag.DataOrder, "a.csv:4:1: error[data-order]: t = 2 comes twice in sequence 1; sort the rows by time; if there are several"},
		{"disorder", "sequence,t,x\na,1,1\na,3,1\na,2,1\n", diag.DataOrder, "a.csv:4:2: error[data-order]: t = 2 comes after 3 in sequence a"},
		{"gap", "t,x\n1,1\n2,1\n4,1\n", diag.DataGap, "a.csv:4:1: error[data-gap]: t goes from 2 to 4"},
		{"gap in another", "sequence,t,x\na,1,1\na,2,1\nb,1,1\nb,3,1\n", diag.DataGap, "in sequence b"},
		{"gap in fives", "t,x\n0,1\n5,1\n15,1\n", diag.DataGap, "from 5 to 15"},
		{"gap in fractions", "t,x\n1,1\n1.5,1\n3,1\n", diag.DataGap, "t goes from 1.5 to 3 in sequence 1: rows are left out; add rows with empty fields and declare the variable missing, or leave the time column out"},
		{"no multiple", "t,x\n0.5,1\n0.9,1\n1.5,1\n", diag.DataGap, "from 0.9 to 1.5"},
		{"gap in days", "date,x\n2020-01-01,1\n2020-01-02,1\n2020-02-28,1\n", diag.DataGap, "date goes from 2020-01-02 to 2020-02-28 in"},
		{"gap in months", "date,x\n2020-01-01,1\n2020-02-01,1\n2020-04-01,1\n", diag.DataGap, "from 2020-02-01 to 2020-04-01"},
		{"gap in working days", "date,x\n2026-01-01,1\n2026-01-02,1\n2026-01-06,1\n", diag.DataGap, "from 2026-01-02 to 2026-01-06"},
		{"gap in hours", "time,x\n2026-01-01 22:00,1\n2026-01-01 23:00,1\n2026-01-02 01:00,1\n", diag.DataGap, "from 2026-01-01 23:00 to 2026-01-02 01:00"},
		{"no time", "t,x\n1,1\nsoon,1\n", diag.DataType, `t is "soon", not a time`},
		{"blank time", "t,x\n1,1\n,1\n", diag.DataType, "t is blank"},
		{"dates fall", "date,x\n2026-02-01,1\n2026-01-01,1\n", diag.DataOrder, "date = 2026-01-01 comes after 2026-02-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, found := readText(t, "a.csv", c.text, scalar(Real))
			wantCode(t, found, c.code, c.want)
		})
	}
}

func TestEvenSteps(t *testing.T) {
	for name, text := range map[string]string{
		"from zero": "t,x\n0,1\n1,2\n2,3\n", "in fives": "t,x\n0,1\n5,2\n10,3\n", "no time": "x\n1\n2\n3\n",
		"months": "date,x\n2026-01-01,1\n2026-02-01,2\n2026-03-01,3\n", "fractions": "time,x\n0.5,1\n0.75,2\n1,3\n",
		"rounded": "t,x\n1969.0833,1\n1969.1667,2\n1969.25,3\n", "tenths": "t,x\n0.1,1\n0.2,2\n0.3,3\n",
		"month ends": "date,x\n2020-01-31,1\n2020-02-29,2\n2020-03-31,3\n", "late in the month": "date,x\n2021-01-30,1\n2021-02-28,2\n2021-03-30,3\n",
		"years": "date,x\n2019-07-01,1\n2020-07-01,2\n2021-07-01,3\n", "quarters": "date,x\n2019-10,1\n2020-01,2\n2020-04,3\n",
		"working days": "date,x\n2026-01-01,1\n2026-01-02,2\n2026-01-05,3\n", "weeks": "date,x\n2026-01-01,1\n2026-01-08,2\n2026-01-15,3\n",
		"hours": "time,x\n2026-01-01T22:00:00,1\n2026-01-01T23:00:00,2\n2026-01-02T00:00:00,3\n",
	} {
		t.Run(name, func(t *testing.T) { wantValues(t, mustRead(t, "a.csv", text, scalar(Real)), "x", 1, 2, 3) })
	}
}

func TestTimesInUnits(t *testing.T) {
	s := scalar(Real)
	s.TimeUnit = "hours"
	for text, want := range map[string][]float64{
		"t,hours,x\n1,0,1\n2,1.5,1\n3,9,1\n":                                {0, 1.5, 9},
		"t,time,x\n1,0,1\n2,2,1\n3,9,1\n":                                   {0, 2, 9},
		"time,x\n1970-01-01,1\n1970-01-01 06:30,1\n1970-01-03T00:00:00,1\n": {0, 6.5, 48},
		"date,x\n1970-01-01T01:00:00Z,1\n1970-01-01T01:00:00-01:00,1\n":     {1, 2},
		"t,x\n3,1\n10,1\n": {3, 10},
	} {
		set := mustRead(t, "a.csv", text, s)
		if !slices.Equal(set.Sequences[0].Times, want) {
			t.Errorf("%q: times %v, want %v", text, set.Sequences[0].Times, want)
		}
	}
	s.TimeUnit = "fortnights"
	_, found := readText(t, "a.csv", "date,x\n1970-01-01,1\n1970-01-02,1\n", s)
	wantCode(t, found, diag.DataType, "cannot be turned into fortnights")
}

func TestInterleavedSequencesAreGathered(t *testing.T) {
	s := scalar(Real)
	s.Vars = append(s.Vars, Var{Name: "age", Role: Static, Size: 1})
	set := mustRead(t, "a.csv", "t,sequence,x,age\n1,a,1,30\n1,b,10,40\n2,a,2,30\n2,b,20,40\n3,a,3,30\n", s)
	wantValues(t, set, "x", 1, 2, 3, 10, 20)
	wantValues(t, set, "age", 30, 40)
	if got := set.Lengths(); !slices.Equal(got, []int{3, 2}) || set.Frames() != 5 {
		t.Errorf("lengths %v", got)
	}
	if got := set.Sequences[1].Times; !slices.Equal(got, []float64{1, 2}) {
		t.Errorf("times of b %v", got)
	}
}
