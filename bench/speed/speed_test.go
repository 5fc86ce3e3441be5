package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	x, err := parsePeer([]byte(`poly/jsb: 229 sequences, 13807 frames
{"epoch": 1}
median step 152.5 ms wall, 150.1 ms cpu; median epoch 1.872 s wall, 1.850 s cpu; 7376 frames/s; peak RSS 612 MB
`))
	if want := (result{Millis: 152.5, Seconds: 1.872, Bytes: 612 << 20}); err != nil || x != want {
		t.Errorf("%+v, %v", x, err)
	}
	x, err = parseSSMC([]byte(`{"model":"A","epoch_seconds":1.5,"update_ms":2,"percent_of_peak":55,"machine":"cpu","peak_resident_bytes":7}`))
	if want := (result{1.5, 2, 7, 55, "cpu"}); err != nil || x != want {
		t.Errorf("%+v, %v", x, err)
	}
	if _, err := parsePeer([]byte("Traceback")); err == nil {
		t.Error("a failed peer gives a result")
	}
	if _, err := parseSSMC([]byte("model")); err == nil {
		t.Error("a failed program gives a result")
	}
}

// TestWorks lists what folders there are.
func TestWorks(t *testing.T) {
	dir := t.TempDir()
	for _, set := range []string{"jsb", "musedata"} {
		if err := os.Mkdir(filepath.Join(dir, set), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	list := works(dir, "made")
	if len(list) != 2*9+1 {
		t.Fatalf("%d works", len(list))
	}
	f := &flags{peer: "peer.py", seconds: 5, epochs: 3}
	got := strings.Join(f.peerArgs(list[4], runner{"plain", 2}), " ")
	if want := "peer.py --impl plain --threads 2 --order shuffle --data " + filepath.Join(dir, "jsb") + " --cell gru --guide st_lr --epochs 3"; got != want {
		t.Errorf("the peer gets %s, want %s", got, want)
	}
	own := f.ssmcArgs(list[4], runner{"ssmc", 2})
	if !slices.Contains(own, "q(z[t] | z[t-1], x[1:T]) with rnn=gru(600), dropout=0.1") || !slices.Contains(own, "order=shuffle") {
		t.Errorf("ssmc gets %q", own)
	}
}

// TestMarkdown takes medians over rounds, and the better number of threads.
func TestMarkdown(t *testing.T) {
	r := row{"w", map[runner][]result{}}
	for i, seconds := range [][]float64{{3, 1, 2}, {4, 4, 9}, {8, 8, 8}, {1, 1, 7}, {3, 3, 3}, {9, 9, 9}} {
		for _, s := range seconds {
			r.runs[runners[i]] = append(r.runs[runners[i]], result{Seconds: s, Millis: 10 * s, OfPeak: 50, Bytes: 1 << 20, Machine: "cpu amd64 avx2, 1 threads"})
		}
	}
	want := "| w | 3.000 (2) | 8.000 (1) | 2.000 | 1.000 | 3.00 | 2.00 | 8.00 | 50 | 1, 1 |\n"
	if text := markdown([]row{r}, false); !strings.Contains(text, want) || !strings.Contains(text, "\nssmc on cpu amd64 avx2.\n") {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if text := markdown([]row{r}, true); !strings.HasPrefix(text, "ms an update") || !strings.Contains(text, "| 30.0 (2) |") {
		t.Errorf("got\n%s", text)
	}
}
