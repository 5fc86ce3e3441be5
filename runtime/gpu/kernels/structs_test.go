package kernels

import (
	"encoding/binary"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The compiler wrote where it has the fields of each struct; encoding/binary puts
// fields one after another, without padding of its own.
func TestLayouts(t *testing.T) {
	for name, v := range map[string]any{"array": Array{}, "dims": Dims{}, "op": Op{}, "scan": Scan{}} {
		if want, got := compiledLayout(t, name), layoutOf(reflect.TypeOf(v)); !slices.Equal(got, want) {
			t.Errorf("%s: size and offsets are %v, the compiler has %v", name, got, want)
		}
	}
}

func compiledLayout(t *testing.T, name string) (at []int) {
	m := regexp.MustCompile(name + `_layout\[\d+\] = \{(.*)\};`).FindStringSubmatch(Text("layout"))
	if m == nil {
		t.Fatalf("gen_layout.ptx does not tell the layout of %s", name)
	}
	for _, f := range strings.Split(m[1], ", ") {
		n, err := strconv.Atoi(f)
		if err != nil {
			t.Fatal(err)
		}
		at = append(at, n)
	}
	return at
}

// layoutOf is the size of a struct, and the offsets of its fields as they are encoded.
func layoutOf(typ reflect.Type) []int {
	at, end := []int{binary.Size(reflect.Zero(typ).Interface())}, 0
	for i := range typ.NumField() {
		at = append(at, end)
		end += binary.Size(reflect.Zero(typ.Field(i).Type).Interface())
	}
	return at
}

func TestAppend(t *testing.T) {
	op := Op{Code: Lag, Add: 1, More: 0x1122334455667788}
	op.N[7], op.A[7].LD = -2, 9
	b := op.Append([]byte{1})[1:]
	if len(b) != OpBytes || len((&Array{}).Append(nil)) != ArrayBytes || len((&Dims{}).Append(nil)) != DimsBytes || len((&Scan{}).Append(nil)) != ScanBytes {
		t.Fatal("a struct has not the size that it says")
	}
	for at, want := range map[int]int32{0: int32(Lag), 12: 1, 44: -2, 64 + 7*16 + 8: 9, 192: 0x55667788, 196: 0x11223344} {
		if got := int32(binary.LittleEndian.Uint32(b[at:])); got != want {
			t.Errorf("at byte %d: %d, want %d", at, got, want)
		}
	}
}

// Codes are numbered in two places.
func TestCodes(t *testing.T) {
	source, err := os.ReadFile("program.h")
	if err != nil {
		t.Fatal(err)
	}
	_, enum, _ := strings.Cut(string(source), "enum Code {")
	want, next := map[Code]string{}, Code(0)
	for _, m := range regexp.MustCompile(`(?m)^  ([A-Z_]+)(?: = (\d+))?,`).FindAllStringSubmatch(enum, -1) {
		if n, err := strconv.Atoi(m[2]); err == nil {
			next = Code(n)
		}
		want[next] = m[1]
		next++
	}
	if !reflect.DeepEqual(codes, want) {
		t.Errorf("codes are %v, program.h has %v", codes, want)
	}
	if s := Code(-1).String(); s != "Code(-1)" {
		t.Errorf("what is no code is called %s", s)
	}
}
