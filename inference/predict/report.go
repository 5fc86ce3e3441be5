package predict

import "ssmc/inference/data"

// A Report is the scores of predictions of one set, by a model and by baselines.
type Report struct {
	Filter      string        `json:"filter"` // what the latents of the known steps come from
	Ahead       int           `json:"ahead"`
	Draws       int           `json:"draws"`   // of each prediction, all filters together, where it is not exact
	Filters     int           `json:"filters"` // independent ones, by which errors are told
	Seed        uint64        `json:"seed"`
	Data        string        `json:"data"`        // the set, and
	Fingerprint string        `json:"fingerprint"` // what tells its contents
	Source      string        `json:"source"`      // where it was found
	Sequences   int           `json:"sequences"`
	Frames      int           `json:"frames"`
	By          []*Prediction `json:"predictions"`
}

// NewReport is that of a set without predictions yet.
func NewReport(filter string, set *data.Set, p *Plan) *Report {
	return &Report{Filter: filter, Ahead: p.Ahead, Draws: p.draws(), Filters: p.Filters, Seed: p.Seed,
		Data: set.Name, Fingerprint: set.Fingerprint, Sequences: len(set.Sequences), Frames: set.Frames()}
}
