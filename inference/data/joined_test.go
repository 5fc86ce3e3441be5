package data

import (
	"testing"

	"ssmc/lang/diag"
)

func TestJoinedSequences(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"text":           {"id,x\na,1\na,2\nb,3\nb,4\n", "a.csv:1:1: error[data-sequence]: the column id is constant in blocks: is it the sequence?; rename it to sequence, or drop it"},
		"whole numbers":  {"x,patient\n1,7\n2,7\n3,9\n", "a.csv:1:2: error[data-sequence]: the column patient"},
		"under a clock":  {"id,t,x\na,1,1\na,2,2\nb,1,3\nb,2,4\n", "the column id"},
		"clock goes on":  {"id,t,x\na,1,1\na,2,2\nb,3,3\nb,4,4\n", "the column id"},
		"visits":         {"visit,x\n1,1\n2,2\n1,3\n", "a.csv:4:1: error[data-sequence]: visit goes back from 2"},
		"panel of years": {"country,year,x\nA,2000,1\nA,2001,2\nB,2000,3\nB,2001,4\n", "the column country"},
	} {
		t.Run(name, func(t *testing.T) {
			_, found := readText(t, "a.csv", c.text, scalar(Real))
			errors := diag.List{}
			for _, d := range found {
				if d.Severity == diag.Error {
					errors.Add(d)
				}
			}
			wantCode(t, errors, diag.DataSequence, c.want)
		})
	}
}

func TestSeasonsAreNoSequences(t *testing.T) {
	for name, text := range map[string]string{
		"month beside a date": "date,month,x\n2020-11-01,11,1\n2020-12-01,12,2\n2021-01-01,1,3\n2021-02-01,2,4\n",
		"year of a date":      "date,when,x\n2020-11-01,2020,1\n2020-12-01,2020,2\n2021-01-01,2021,3\n2021-02-01,2021,4\n",
		"year of a time":      "time,when,x\n1969.5,1969,1\n1969.75,1969,2\n1970,1970,3\n1970.25,1970,4\n",
		"year and month":      "year,month,x\n2020,11,1\n2020,12,2\n2021,1,3\n2021,2,4\n",
		"values come again":   "weather,x\nsun,1\nsun,2\nrain,3\nsun,4\n",
		"fractions":           "level,x\n0.5,1\n0.5,2\n0.7,3\n0.7,4\n",
		"all differ":          "who,x\na,1\nb,2\nc,3\nd,4\n",
		"a law comes":         "t,law,x\n1,0,1\n2,0,2\n3,1,3\n4,1,4\n",
		"constant":            "site,x\na,1\na,2\na,3\na,4\n",
		"sequences are named": "sequence,id,x\n1,a,1\n1,a,2\n2,b,3\n2,b,4\n",
	} {
		t.Run(name, func(t *testing.T) { wantValues(t, mustRead(t, "a.csv", text, scalar(Real)), "x", 1, 2, 3, 4) })
	}
}
