package inference

import (
	"encoding/json"
	"fmt"
)

// guideCheckFile is the file of a run folder with the check of the guide.
const guideCheckFile = "guide-check.json"

// SaveGuideCheck keeps a check of the guide of r in its folder.
func SaveGuideCheck(dir string, r *Run, g *GuideCheck) error {
	b, err := json.MarshalIndent(struct {
		Run string `json:"run"` // a fit that takes over the folder leaves the file of the one before
		*GuideCheck
	}{r.ID, g}, "", "  ")
	if err == nil {
		err = replaceFile(dir, textFile(guideCheckFile, append(b, '\n')))
	}
	if err != nil {
		return fmt.Errorf("save the check of the guide in %s: %w", dir, err)
	}
	return nil
}
