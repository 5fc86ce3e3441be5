package data

import (
	"testing"

	"ssmc/lang/diag"
)

func TestPrecision(t *testing.T) {
	for name, text := range map[string]string{
		"whole numbers": "x\n16777219\n16777220\n16777223\n",
		"small changes": "x\n100000.001\n100000.002\n100000.004\n",
		"one large":     "x\n1\n2\n16777219\n",
	} {
		t.Run(name, func(t *testing.T) {
			set, found := readText(t, "a.csv", text, scalar(Real))
			if set == nil || len(found) != 1 {
				t.Fatalf("want one warning: %v", found)
			}
			wantCode(t, found, diag.DataPrecision, "values of x need more than 7 digits; they are rounded; subtract a constant")
		})
	}
	for name, text := range map[string]string{
		"short decimals": "x\n300.123\n300.124\n", "long decimals": "x\n0.102971811805368\n0.202362995284646\n",
		"even numbers": "x\n16777216\n16777218\n", "powers of ten": "x\n1e20\n1e21\n", "constant": "x\n0.1234567890123\n0.1234567890123\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, found := readText(t, "a.csv", text, scalar(Real)); len(found) > 0 {
				t.Error(found)
			}
		})
	}
}
