package predict

import (
	"fmt"
	"math"

	"ssmc/inference/baseline"
	"ssmc/inference/data"
	"ssmc/runtime"
)

// Naive is the scores of a baseline, learned from train, on the same numbers of set as
// those of a model whose ports these are.
func Naive(name string, train, set *data.Set, ports []runtime.Port, ahead int) (*Prediction, error) {
	s := newSheet(set, ports, ahead, 1)
	orders := map[string][]int{}
	for h := range ahead {
		for x := range s.vars {
			v := &s.vars[x]
			if train.Index(v.name) < 0 {
				return nil, fmt.Errorf("%s has no variable %s", train.Name, v.name)
			}
			w, list, err := baseline.Learn(name, train, set, train.Index(v.name), h+1)
			if err != nil {
				return nil, err
			}
			for i := range set.Sequences {
				for j, values := range baseline.Components(&set.Sequences[i], set, w) {
					s.naive(h, x, list[j].Predict(values), values)
				}
			}
			if h == 0 {
				keepOrders(orders, v.name, list)
			}
		}
		for i := range set.Sequences {
			s.frames[h] += max(0, set.Sequences[i].Len-h)
		}
	}
	out := s.prediction(name)
	if len(orders) > 0 {
		out.Orders = orders
	}
	return out, nil
}

// naive scores a component, h+1 steps ahead: the first step that is predicted from
// within a sequence, or from before it, is number h.
func (s *sheet) naive(h, x int, list []baseline.Prediction, values []float64) {
	t := &s.tallies[0][h][x]
	for step := h; step < len(values); step++ {
		value := values[step]
		if math.IsNaN(value) {
			continue
		}
		p := list[step]
		logp := p.LogProb(value)
		s.joint[0][h] -= logp
		if p.Classes != nil {
			t.AddClass(p.Classes, int(value))
		} else {
			t.AddNumber(p.Number, logp, value)
		}
	}
}

// keepOrders notes the orders of autoregressions.
func keepOrders(orders map[string][]int, name string, list []baseline.Predictor) {
	for _, p := range list {
		if order, ok := baseline.Order(p); ok {
			orders[name] = append(orders[name], order)
		}
	}
}
