package inference

// A Place is where a run is computed, as a command says it: its numbers hang on
// that, for devices round differently.
type Place struct {
	Device    string `json:"device"`              // cpu or cuda
	Precision string `json:"precision,omitempty"` // of products on a GPU
}
