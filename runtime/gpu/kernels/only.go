package kernels

import (
	"regexp"
	"slices"
)

var entryForm = regexp.MustCompile(`(?ms)^\.visible \.entry (\w+)\(.*?^\}\n`)

// Only is a text with those of its kernels that are named, and all of its functions.
// Drivers compile what kernels call once for each of them: who needs one kernel of
// many waits a fraction of the time.
func Only(text string, names ...string) string {
	return entryForm.ReplaceAllStringFunc(text, func(entry string) string {
		if slices.Contains(names, entryForm.FindStringSubmatch(entry)[1]) {
			return entry
		}
		return ""
	})
}
