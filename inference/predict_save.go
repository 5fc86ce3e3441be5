package inference

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"ssmc/inference/predict"
)

// SavePredictions keeps the scores of predictions in the folder of a run, and their
// calibration as CSV, and gives the paths of both.
func SavePredictions(dir string, r *Run, p *predict.Report) (scores, calibration string, err error) {
	text, err := json.MarshalIndent(struct {
		Run string `json:"run"` // a fit that takes over the folder leaves the file of the one before
		*predict.Report
	}{r.ID, p}, "", "  ")
	if err != nil {
		return "", "", err
	}
	table, err := predict.Calibration(p.By)
	if err != nil {
		return "", "", err
	}
	scores, calibration = "predict-"+p.Filter+".json", "predict-"+p.Filter+".csv"
	if err := writeFiles(dir, []file{textFile(scores, append(text, '\n')), textFile(calibration, table)}); err != nil {
		return "", "", fmt.Errorf("save the predictions in %s: %w", dir, err)
	}
	return filepath.Join(dir, scores), filepath.Join(dir, calibration), nil
}
