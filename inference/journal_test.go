package inference

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hidden is the names in a folder that begin with a point.
func hidden(t *testing.T, dir string) []string {
	t.Helper()
	names, err := fs.Glob(os.DirFS(dir), ".*")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func texts(list ...string) (files []file) {
	for i := 0; i < len(list); i += 2 {
		files = append(files, textFile(list[i], []byte(list[i+1])))
	}
	return files
}

// contents is what a reader finds in a folder, "-" for what is not there.
func contents(t *testing.T, dir string, names ...string) (out []string) {
	t.Helper()
	for _, name := range names {
		b, err := readFile(dir, name)
		if errors.Is(err, fs.ErrNotExist) {
			b, err = []byte("-"), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

func TestReplaceFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	for _, c := range []struct {
		files []file
		gone  []string
		want  []string
	}{
		{texts("a", "1", "b", "2"), nil, []string{"1", "2", "-"}},
		{append(texts("a", "3"), file{name: "c", copy: "b"}), []string{"b"}, []string{"3", "-", "2"}},
		{[]file{textFile("a", []byte("4")), {name: "c", copy: "a"}}, []string{"b"}, []string{"4", "-", "3"}}, // a as it was
		{texts("a", "5", "c", "6"), nil, []string{"5", "-", "6"}},
	} {
		if err := replaceFiles(dir, c.files, c.gone); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, dir, "a", "b", "c"); !slices.Equal(got, c.want) || len(hidden(t, dir)) > 0 {
			t.Errorf("%q and %v, want %q", got, hidden(t, dir), c.want)
		}
	}
}

// A change that fails on the way, in whichever file, changes nothing.
func TestReplaceFilesAllOrNothing(t *testing.T) {
	dir, broken := t.TempDir(), errors.New("no space left")
	if err := replaceFiles(dir, texts("a", "1", "b", "2"), nil); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		files := texts("a", "3", "b", "4", "c", "5")
		files[i].write = func(w io.Writer) error {
			io.WriteString(w, "half")
			return broken
		}
		if err := replaceFiles(dir, files, []string{"d"}); !errors.Is(err, broken) {
			t.Error(err)
		}
		if got := contents(t, dir, "a", "b", "c"); !slices.Equal(got, []string{"1", "2", "-"}) || len(hidden(t, dir)) > 0 {
			t.Errorf("%q, and %v is left", got, hidden(t, dir))
		}
	}
}

// A process that is killed between any two steps of a change leaves a folder that
// is read as it was before or as it is after, which settle brings about.
func TestReplaceFilesIsCutShort(t *testing.T) {
	before, after := []string{"1", "2", "3", "-"}, []string{"4", "1", "-", "5"}
	files := []file{{name: "b", copy: "a"}, textFile("a", []byte("4")), textFile("d", []byte("5"))}
	for done := range 5 { // nothing, the list, and each of its lines but the last
		dir := t.TempDir()
		if err := replaceFiles(dir, texts("a", "1", "b", "2", "c", "3"), nil); err != nil {
			t.Fatal(err)
		}
		if err := prepare(dir, files, []string{"c"}); err != nil {
			t.Fatal(err)
		}
		want := after
		if done == 0 {
			os.Remove(filepath.Join(dir, commitFile))
			want = before
		}
		for _, line := range []string{"+b", "+a", "+d"}[:max(0, done-1)] {
			if err := settleLine(dir, line); err != nil {
				t.Fatal(err)
			}
		}
		read := []string{"a", "b", "d"} // that a file is gone is seen when it is
		if got := contents(t, dir, read...); !slices.Equal(got, []string{want[0], want[1], want[3]}) {
			t.Errorf("after %d steps: %q, want %q", done, got, want)
		}
		if err := settle(dir); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, dir, "a", "b", "c", "d"); !slices.Equal(got, want) {
			t.Errorf("settled after %d steps: %q, want %q", done, got, want)
		}
		if err := replaceFiles(dir, texts("a", "7"), nil); err != nil || contents(t, dir, "a")[0] != "7" {
			t.Errorf("the next change: %v", err)
		}
	}
}

// What a process that was killed left under a temporary name may be a second name
// of a file that is good: to write the next one must not write over that.
func TestTemporaryThatIsALink(t *testing.T) {
	dir := t.TempDir()
	if err := replaceFiles(dir, texts("a", "good"), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(filepath.Join(dir, "a"), filepath.Join(dir, temporary("b"))); err != nil {
		t.Skip("the file system has no second names:", err)
	}
	if err := replaceFiles(dir, texts("b", "other"), nil); err != nil {
		t.Fatal(err)
	}
	if got := contents(t, dir, "a", "b"); !slices.Equal(got, []string{"good", "other"}) {
		t.Errorf("%q", got)
	}
}

// A list that came with a folder from elsewhere touches nothing but its files: it
// is refused, and none of its lines is done.
func TestListOfAChangeStaysInItsFolder(t *testing.T) {
	for _, line := range []string{"-../victim", "+../victim", "-", "-.", "-..", "+sub/a", "-/victim"} {
		above := t.TempDir()
		dir := filepath.Join(above, "run")
		for _, d := range []string{dir, filepath.Join(dir, "sub"), filepath.Join(dir, "...")} {
			if err := os.Mkdir(d, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		for name, text := range map[string]string{
			"victim": "whole", "run/a": "whole", "run/.../victim.part": "spoilt", "run/.sub/a.part": "spoilt", "run/" + commitFile: "-a\n" + line + "\n",
		} {
			os.MkdirAll(filepath.Dir(filepath.Join(above, name)), 0o777)
			if err := os.WriteFile(filepath.Join(above, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := LockFolder(dir); err == nil || !strings.Contains(err.Error(), "tells of what is not a file of the folder") {
			t.Errorf("%q: %v", line, err)
		}
		for _, name := range []string{"victim", "run/a"} {
			if b, err := os.ReadFile(filepath.Join(above, name)); string(b) != "whole" {
				t.Errorf("%q: %s is %q, %v", line, name, b, err)
			}
		}
	}
}
