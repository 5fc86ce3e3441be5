package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCurves(t *testing.T) {
	f := &flags{out: t.TempDir()}
	if text, err := f.curves(); text != "" || err != nil {
		t.Errorf("without runs: %q, %v", text, err)
	}
	dir := filepath.Join(f.out, "jsb-dmm-st_l")
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "metrics.jsonl"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(`{"epoch":75,"valid":9.5}
{"epoch":80,"bound":7}
{"epoch":150,"valid":8.25}
{"epoch":225,"valid":8.5}
`)
	text, err := f.curves()
	if want := "| ST_L | 9.500 | 8.250 | | | | | | | | |\n"; err != nil || !strings.HasSuffix(text, want) || strings.Count(text, "\n| ") != 2 {
		t.Errorf("%s%v", text, err)
	}
	write(`{"epoch":250,"valid":8.5}
`)
	text, err = f.curves()
	if want := "| ST_L | | | | | | | | | | |\n"; err != nil || !strings.HasSuffix(text, want) {
		t.Errorf("first validated after 250 epochs: %s%v", text, err)
	}
	write("{")
	if _, err := f.curves(); err == nil {
		t.Error("half a line is no error")
	}
}
