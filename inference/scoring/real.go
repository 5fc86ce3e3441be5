package scoring

import (
	"encoding/json"
	"math"
)

// A Real is a number that JSON may not have: null if infinite or not a number.
type Real float64

// MarshalJSON encodes x.
func (x Real) MarshalJSON() ([]byte, error) {
	if math.IsInf(float64(x), 0) || math.IsNaN(float64(x)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(x))
}

// UnmarshalJSON decodes x; null is not a number.
func (x *Real) UnmarshalJSON(b []byte) error {
	v := math.NaN()
	if string(b) != "null" {
		if err := json.Unmarshal(b, &v); err != nil {
			return err
		}
	}
	*x = Real(v)
	return nil
}
