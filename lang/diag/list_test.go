package diag

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestListSort(t *testing.T) {
	var l List
	l.Add(Errorf("b", Cell("b.ssm", 1, 1), "other file"))
	l.Add(Errorf("a", Cell("a.ssm", 2, 1), "second line"), Warnf("a", Cell("a.ssm", 1, 2), "warning"))
	l.Add(Errorf("a", Cell("a.ssm", 1, 2), "error"), Errorf("a", Cell("a.ssm", 1, 2), "error").Helpf("again"))
	l.Sort()
	want := "a.ssm:1:2: error[a]: error\na.ssm:1:2: warning[a]: warning\na.ssm:2:1: error[a]: second line\nb.ssm:1:1: error[b]: other file"
	if d := cmp.Diff(want, l.Error()); d != "" {
		t.Error(d)
	}
}

func TestListErr(t *testing.T) {
	l := List{Warnf("w", Span{}, "only a warning")}
	if l.HasErrors() || l.Err() != nil {
		t.Error("a warning is an error")
	}
	l.Add(Errorf("e", Span{}, "wrong"))
	var got List
	if !errors.As(l.Err(), &got) || len(got) != 2 {
		t.Errorf("Err gives %v", l.Err())
	}
}

func TestSuggest(t *testing.T) {
	words := []string{"Normal", "Gaussian", "latent", "observed", "x", "mu", "état", "Gamma", "pi", "phi"}
	for name, want := range map[string]string{
		"Guassian": "Gaussian", // neighbours swapped
		"latnt":    "latent",   // one left out
		"laetnt":   "latent",
		"obsreved": "observed",
		"NORMAL":   "Normal", // case alone
		"gama":     "Gamma",
		"etat":     "état",
		"pj":       "pi",
		"y":        "", // one letter says nothing
		"Poisson":  "",
		"Normal":   "", // it is there
	} {
		if got := Suggest(name, words); got != want {
			t.Errorf("Suggest(%q) is %q, want %q", name, got, want)
		}
	}
}

// TestDistance checks the distance against cases done by hand, and that it is
// symmetric and no more than the longer word.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3},
		{"ca", "abc", 3}, // optimal string alignment; 2 without its restriction
		{"état", "etat", 1},
	} {
		if got, back := distance(c.a, c.b), distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("distance(%q, %q) is %d and %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}

// TestDocsAreComplete checks that each code has one entry that says all.
func TestDocsAreComplete(t *testing.T) {
	seen := map[Code]bool{}
	for _, d := range Docs {
		if d.Code == "" || d.Summary == "" || d.Explanation == "" || seen[d.Code] {
			t.Errorf("the entry of %q is empty or there twice", d.Code)
		}
		seen[d.Code] = true
		if got := Lookup(d.Code); got == nil || got.Summary != d.Summary {
			t.Errorf("Lookup(%s) gives %v", d.Code, got)
		}
	}
	if Lookup("no-such-code") != nil {
		t.Error("Lookup finds what is not there")
	}
}
