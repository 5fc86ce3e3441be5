package inference

import "math"

// Anneal says how the weight of the KL terms rises.
type Anneal struct {
	Kind      string  // none, linear, cyclical or sigmoid
	From, To  float64 // first and last weight
	Steps     int     // updates between them
	Cycles    int     // of cyclical: how often it rises within the steps
	Steepness float64 // of sigmoid: how suddenly it rises
}

// at is the weight of the KL terms after so many updates.
func (a Anneal) at(done int) float64 {
	switch {
	case a.Kind == "none":
		return 1
	case done >= a.Steps:
		return a.To
	}
	return a.From + (a.To-a.From)*a.risen(float64(done)/float64(a.Steps))
}

// risen is the part of the way from the first weight to the last that is done
// after a part of the steps, both from 0 to 1.
func (a Anneal) risen(part float64) float64 {
	switch a.Kind {
	case "cyclical":
		return cyclical(part, a.Cycles)
	case "sigmoid":
		return sigmoid(part, a.Steepness)
	}
	return part
}

// cyclical rises in the first half of each cycle and stays in the second: Fu et
// al. 2019, eq. 6, with R = 1/2.
func cyclical(part float64, cycles int) float64 {
	_, within := math.Modf(part * float64(cycles))
	return min(1, 2*within)
}

// sigmoid is the logistic function of Bowman et al. (2016) around the middle,
// stretched so that it goes from 0 to 1.
func sigmoid(part, steepness float64) float64 {
	s := func(x float64) float64 { return math.Tanh(steepness * (x - 0.5) / 2) }
	return (s(part)/s(1) + 1) / 2
}

// length is the number of updates during which the objective changes.
func (a Anneal) length() int {
	if a.Kind == "none" {
		return 0
	}
	return a.Steps
}
