package ptxemu

// kind is a type of PTX: its size in bytes and how its bits are read.
type kind struct {
	name   string
	size   int
	signed bool
	float  bool
}

var kinds = makeKinds()

func makeKinds() map[string]kind {
	all := map[string]kind{"pred": {name: "pred"}}
	for size, digits := range map[int]string{1: "8", 2: "16", 4: "32", 8: "64", 16: "128"} {
		for _, class := range []string{"u", "s", "b", "f"} {
			k := kind{name: class + digits, size: size, signed: class == "s", float: class == "f"}
			all[k.name] = k
		}
	}
	delete(all, "f8")
	delete(all, "f128")
	for name, size := range map[string]int{"bf16": 2, "f16x2": 4, "bf16x2": 4, "tf32": 4} {
		all[name] = kind{name: name, size: size, float: true}
	}
	return all
}

// mask has a bit for every bit of the type.
func (k kind) mask() uint64 { return ^uint64(0) >> (64 - 8*k.size) }

// extend gives the value of an integer that lies in the low bits of v, as 64
// bits: sign or zero above.
func (k kind) extend(v uint64) uint64 {
	if !k.signed {
		return v & k.mask()
	}
	s := 64 - 8*k.size
	return uint64(int64(v<<s) >> s)
}
