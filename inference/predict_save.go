package inference

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ssmc/inference/predict"
)

// SavePredictions keeps the scores of predictions in the folder of a run, and their
// calibration as CSV, and gives the paths of both. It may do so while a fit writes to
// the folder: each file is replaced by itself, the scores last.
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
	for _, f := range []file{textFile(calibration, table), textFile(scores, append(text, '\n'))} {
		if err := replaceFile(dir, f); err != nil {
			return "", "", fmt.Errorf("save the predictions in %s: %w", dir, err)
		}
	}
	return filepath.Join(dir, scores), filepath.Join(dir, calibration), nil
}

// LoadPredictions reads what SavePredictions kept of a filter, or nil where that is
// nothing, or of another run that the folder held before.
func LoadPredictions(dir string, r *Run, filter string) (*predict.Report, error) {
	text, err := os.ReadFile(filepath.Join(dir, "predict-"+filter+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the predictions in %s: %w", dir, err)
	}
	var kept struct {
		Run string `json:"run"`
		predict.Report
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return nil, fmt.Errorf("load the predictions in %s: predict-%s.json: %w", dir, filter, err)
	}
	if kept.Run != r.ID || len(kept.By) == 0 {
		return nil, nil
	}
	return &kept.Report, nil
}
