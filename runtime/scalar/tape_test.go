package scalar

import (
	"math/rand/v2"
	"testing"
)

// TestTape compares random formulas with Eval, to the last bit.
func TestTape(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	vars := []string{"x", "y", "z"}
	for range 200 {
		e := random(r, 4)
		tape := e.Tape(vars)
		for range 3 {
			env := map[string]float64{}
			for i, v := range vars {
				env[v] = 0.2 + r.Float64()
				tape.In[i] = env[v]
			}
			if got, want := tape.Run(), e.Eval(env); got != want {
				t.Fatalf("%v at %v = %v, want %v", e, env, got, want)
			}
		}
	}
}

func TestTapeUnknownVariable(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("took a formula of a variable that is not given")
		}
	}()
	Add(x, y).Tape([]string{"x"})
}
