package main

import "ssmc/inference"

// A speedRecord is a measurement for programs. Times of updates are in ms.
type speedRecord struct {
	Model      string `json:"model"`
	Guide      string `json:"guide"`
	Machine    string `json:"machine"`
	Threads    int    `json:"threads"`
	Parameters int    `json:"parameters"`
	Sequences  int    `json:"sequences"`
	Frames     int    `json:"frames"`
	PerEpoch   int    `json:"updates_per_epoch"`
	Updates    int    `json:"updates_timed"`

	Update    float64 `json:"update_ms"`
	Fast      float64 `json:"update_ms_10"`
	Slow      float64 `json:"update_ms_90"`
	PerSecond float64 `json:"frames_per_second"`
	Epoch     float64 `json:"epoch_seconds"`
	Start     float64 `json:"start_ms"`

	Flop     float64 `json:"gflop_per_update,omitempty"`
	Products float64 `json:"gflop_per_update_products,omitempty"`
	Rate     float64 `json:"gflops,omitempty"`
	Peak     float64 `json:"gflops_peak,omitempty"`
	OfPeak   float64 `json:"percent_of_peak,omitempty"`

	Arrays      int     `json:"array_bytes"`
	ParamBytes  int     `json:"parameter_bytes"`
	Resident    int     `json:"peak_resident_bytes,omitempty"`
	Allocations float64 `json:"allocations_per_update"`

	Phases []phaseRecord `json:"phases"`
}

// A phaseRecord is the mean of a phase over the updates.
type phaseRecord struct {
	Name    string  `json:"name,omitempty"`
	Pos     string  `json:"pos,omitempty"`
	Forward float64 `json:"forward_ms"`
	Back    float64 `json:"back_ms,omitempty"`
	Flop    float64 `json:"gflop,omitempty"`
}

func (b *benched) record() speedRecord {
	r := speedRecord{
		Model: b.p.Model.Name, Guide: b.p.Model.Guide, Machine: b.device, Threads: b.threads,
		Parameters: b.Parameters, Sequences: b.Sequences, Frames: b.Frames, PerEpoch: b.PerEpoch, Updates: len(b.Each),
		Update: 1e3 * b.Update(0.5).Seconds(), Fast: 1e3 * b.Update(0.1).Seconds(), Slow: 1e3 * b.Update(0.9).Seconds(),
		PerSecond: b.FramesPerSecond(), Epoch: b.Epoch().Seconds(), Start: 1e3 * b.Start.Seconds(),
		Flop: b.gflop(), Products: b.products(), Rate: b.Rate() / 1e9, Peak: b.peak / 1e9, OfPeak: b.ofPeak(),
		Arrays: b.ArrayBytes, ParamBytes: b.ParameterBytes, Resident: b.resident, Allocations: b.allocations(),
	}
	for _, p := range b.Phases {
		r.Phases = append(r.Phases, phaseRecordOf(p, float64(len(b.Each))))
	}
	return r
}

func phaseRecordOf(p inference.Phase, updates float64) phaseRecord {
	return phaseRecord{Name: p.Name, Pos: p.Pos, Forward: 1e3 * p.Forward.Seconds() / updates,
		Back: 1e3 * p.Back.Seconds() / updates, Flop: p.Flops.Total() / 1e9 / updates}
}
