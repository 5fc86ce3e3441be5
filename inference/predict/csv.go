package predict

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"

	"ssmc/inference/scoring"
)

// calibrationHead is the columns of a calibration table. Where predictions are
// calibrated, observed is forecast in every row.
var calibrationHead = []string{"by", "variable", "ahead", "kind", "low", "high", "numbers", "forecast", "observed"}

// Calibration is the calibration of predictions as CSV, a row a point of a plot:
//
//	pit          of the numbers, the share whose place in their prediction is from low to high; forecast is high - low
//	interval     of the numbers, the share in the central interval from quantile low to high; forecast is its level
//	reliability  of those to which a probability from low to high was given, the share that it happened to; forecast is their mean probability
func Calibration(list []*Prediction) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write(calibrationHead); err != nil {
		return nil, err
	}
	for _, p := range list {
		for _, s := range p.Steps {
			for _, v := range s.Vars {
				key := []string{p.By, v.Name, fmt.Sprint(s.Ahead)}
				for _, row := range rowsOf(v.tally) {
					if err := w.Write(append(key[:3:3], row...)); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// rowsOf is the rows of one variable.
func rowsOf(t *scoring.Tally) (rows [][]string) {
	n := t.Numbers
	for i, mass := range t.PIT {
		low, high := float64(i)/float64(len(t.PIT)), float64(i+1)/float64(len(t.PIT))
		rows = append(rows, row("pit", low, high, n, high-low, mass/n))
	}
	for i, held := range t.Held {
		level := scoring.Levels[i]
		rows = append(rows, row("interval", (1-level)/2, (1+level)/2, n, level, held/n))
	}
	for i, p := range t.Reliability {
		if p.Numbers == 0 {
			continue // no such probability was given
		}
		low, high := float64(i)/float64(len(t.Reliability)), float64(i+1)/float64(len(t.Reliability))
		rows = append(rows, row("reliability", low, high, p.Numbers, p.Forecast/p.Numbers, p.Occurred/p.Numbers))
	}
	return rows
}

func row(kind string, numbers ...float64) []string {
	out := []string{kind}
	for _, x := range numbers {
		out = append(out, strconv.FormatFloat(x, 'g', 8, 64))
	}
	return out
}
