package ptxemu

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// literal gives the bits of a number as type k holds them.
func literal(text string, k kind) (uint64, error) {
	text, negative := strings.CutPrefix(text, "-")
	bits, err := magnitude(text, k)
	if err != nil {
		return 0, fmt.Errorf("%q is no number for %s", text, k.name)
	}
	switch {
	case !negative:
	case k.float && k.size == 4:
		bits ^= 1 << 31
	case k.float:
		bits ^= 1 << 63
	default:
		bits = -bits
	}
	if k.size > 0 && k.size < 8 {
		bits &= k.mask()
	}
	return bits, nil
}

func magnitude(text string, k kind) (uint64, error) {
	switch {
	case strings.HasPrefix(text, "0f"), strings.HasPrefix(text, "0F"):
		return single(text[2:], k)
	case strings.HasPrefix(text, "0d"), strings.HasPrefix(text, "0D"):
		return strconv.ParseUint(text[2:], 16, 64)
	case strings.ContainsAny(text, ".") || k.float && k.size > 2 && !strings.HasPrefix(text, "0x"):
		return decimal(text, k)
	}
	return strconv.ParseUint(strings.TrimSuffix(text, "U"), 0, 64)
}

// single reads the hexadecimal bits of a float, for a register of k.
func single(hex string, k kind) (uint64, error) {
	bits, err := strconv.ParseUint(hex, 16, 32)
	if k.size == 8 {
		return math.Float64bits(float64(math.Float32frombits(uint32(bits)))), err
	}
	return bits, err
}

func decimal(text string, k kind) (uint64, error) {
	v, err := strconv.ParseFloat(text, 64)
	if k.size == 8 {
		return math.Float64bits(v), err
	}
	return uint64(math.Float32bits(float32(v))), err
}
