// Package scripts holds scripts; their tests are here.
package scripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// stand is a program in the place of ssmc, by verb and arguments: what fails and works.
const stand = `#!/bin/sh
case "$*" in
version) echo "ssmc test" ;;
devices) printf 'cpu   a cpu\ncuda  A card\n' ;;
*--check*fp32*) echo '{"model":"a","precision":"fp32","result":"ok","gap":1e-06,"seconds":1}' ;;
*--check*tf32*) echo '{"model":"b","precision":"tf32","result":"differs","gap":0.5,"why":"the cost","seconds":1}'; echo "ssmc: 1 of 1" >&2; exit 2 ;;
*--check*) exit 3 ;;
*--bench*) echo "no such card" >&2; exit 2 ;;
fit*cpu*) echo '{"event":"validated","epoch":1,"bound":10,"kl":1,"valid":11,"so_far":{"epoch":7,"bound":7}}'; echo '{"event":"validated","epoch":2,"bound":9,"kl":1,"valid":10}' ;;
fit*) echo '{"event":"validated","epoch":1,"bound":10.001,"kl":1,"valid":11}'; echo '{"event":"validated","epoch":2,"bound":9,"kl":1,"valid":10}' ;;
bench*cuda*) echo '{"update_ms":2,"epoch_seconds":0.5,"frames_per_second":700}' ;;
bench*) echo '{"update_ms":40,"epoch_seconds":2,"frames_per_second":70,"gflop_per_update":8}' ;;
esac
`

// checked runs the script with a stand-in, and gives the summary.
func checked(t *testing.T, seconds, binary string, more ...string) (summary string, status int) {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash")
	}
	dir := t.TempDir()
	bin, out := filepath.Join(dir, "ssmc"), filepath.Join(dir, "out")
	if err := os.WriteFile(bin, []byte(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bash, append([]string{"gpu-check.sh", bin, dir, "", out}, more...)...)
	cmd.Env = append(os.Environ(), "GPU_CHECK_SECONDS="+seconds)
	text, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(out, "summary.md"))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

// TestGPUCheck asks for a summary that tells of each item, where some pass and some fail.
func TestGPUCheck(t *testing.T) {
	summary, status := checked(t, "1000", stand)
	if status != 1 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{
		"GPU: cuda A card", "ssmc: ssmc test",
		"| GPU against CPU, fp32 | pass | ", "1 ok, 0 differ or fail, 0 without kernel; worst gap 1e-06",
		"| GPU against CPU, tf32 | fail | ", "status 2: 0 ok, 1 differ or fail", `"why":"the cost"`,
		"| GPU against CPU, bf16 | fail | ",
		"| microbenchmarks | fail | ", "no such card",
		"| curve of training, GPU on CPU | pass | 0 | largest difference 0.0001 ",
		"| 1 | 10 | 10.001 | 11 | 11 |",
		"| lstm(600) | 20 | cuda tf32 | 2 | 0.5 | 700 | 4000.0 |",
		"| rnn(600) | 256 | cpu fp32 | 40 | 2 | 70 | 200.0 |",
		"| peers | skip | ", "| 2000 epochs of JSB | skip | 0 | extrapolated, not run: 1001 s without validation, at 0.5 s an epoch",
		"s in all.",
	} {
		if !strings.Contains(summary, want) {
			t.Errorf("no %q in\n%s", want, summary)
		}
	}
}

// TestGPUCheckHangs asks for a summary, in time, where nothing ever ends.
func TestGPUCheckHangs(t *testing.T) {
	begin := time.Now()
	summary, status := checked(t, "8", "#!/bin/sh\ncase $1 in devices) ;; *) exit 0 ;; esac\n[ $# -eq 1 ] || exec sleep 200\n")
	if status != 1 || !strings.Contains(summary, "| timeout |") || !strings.Contains(summary, "no time was left") || time.Since(begin) > 100*time.Second {
		t.Errorf("status %d after %v\n%s", status, time.Since(begin), summary)
	}
}

// TestGPUCheckNothingWorks asks for a summary where the program does nothing but fail.
func TestGPUCheckNothingWorks(t *testing.T) {
	summary, status := checked(t, "1000", "#!/bin/sh\necho broken >&2\nexit 2\n")
	if status != 1 || strings.Contains(summary, "| pass |") || !strings.Contains(summary, "| fail | 0 | there are not both curves |") ||
		!strings.Contains(summary, "status 2: ") {
		t.Errorf("status %d\n%s", status, summary)
	}
}
