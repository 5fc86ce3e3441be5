package optim

import (
	"errors"
	"testing"

	"ssmc/runtime"
)

// TestSquareOverflows: a gradient that is finite, whose square is not in 32 bits,
// would stop an optimizer that divides by roots of squares, for good and in silence.
func TestSquareOverflows(t *testing.T) {
	for kind, fails := range map[string]bool{"adam": true, "rmsprop": true, "sgd": false} {
		for _, clip := range []float64{0, 1} {
			p := runtime.ZeroParams[float32]([]runtime.Param{param("a", false, 0, 0), param("b", false, 0, 0)})
			opt, err := New(Config{Kind: kind}, len(p.Values))
			if err != nil {
				t.Fatal(err)
			}
			u, err := NewUpdater(p, opt, clip, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			g := make([]float32, len(p.Values))
			g[p.Off[1]] = 1e20
			_, err = u.Update(g, 1, 0.1)
			var bad *NotFinite
			if got := errors.As(err, &bad); got != (fails && clip == 0) || got && (bad.Param != "b" || u.Count() != 0) {
				t.Errorf("%s, clipped to %g: error %v, %d updates", kind, clip, err, u.Count())
			}
		}
	}
}
