package optim

import (
	"fmt"
	"path"

	"ssmc/lang/diag"
	"ssmc/runtime"
)

// A Penalty is added to the cost, for each parameter whose name it matches:
// l1 is Weight times the sum of sizes, l2 Weight times the sum of squares (not
// half of it).
type Penalty struct {
	Kind   string  // l1 or l2
	Weight float64 // in nats
	On     string  // a pattern of names, as path.Match has them: *.W
}

// Penalties lists the kinds of penalty.
var Penalties = []string{"l1", "l2"}

// Weights adds up the penalties on each parameter.
func Weights(list []runtime.Param, ps []Penalty) (l1, l2 []float64, err error) {
	l1, l2 = make([]float64, len(list)), make([]float64, len(list))
	for _, p := range ps {
		to := l1
		if p.Kind == "l2" {
			to = l2
		}
		if err := p.add(to, list); err != nil {
			return nil, nil, err
		}
	}
	return l1, l2, nil
}

// add adds the weight of p to each parameter it matches: there must be one.
func (p Penalty) add(to []float64, list []runtime.Param) error {
	found := false
	for i, q := range list {
		ok, err := path.Match(p.On, q.Name)
		if err != nil {
			return fmt.Errorf("%s: %q is not a pattern: %w", p.Kind, p.On, err)
		}
		if ok && !q.Fixed {
			to[i] += p.Weight
			found = true
		}
	}
	if !found {
		return fmt.Errorf("%s: no learned parameter is called %s%s", p.Kind, p.On, hint(p.On, list))
	}
	return nil
}

// hint suggests the parameter that a pattern may have meant.
func hint(pattern string, list []runtime.Param) string {
	var names []string
	for _, q := range list {
		if !q.Fixed {
			names = append(names, q.Name)
		}
	}
	if near := diag.Suggest(pattern, names); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
