package inference

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"ssmc/inference/optim"
)

// penaltyKeys documents the settings of penalties. A program says
// regularize = l2(0.05, on="*.W") for one, and a list of these for several.
var penaltyKeys = []Key{
	{"regularize", "l1, l2 or none", "none", "penalty added to the cost: its weight times the sum of sizes (l1) or of squares (l2), once a batch; of several, regularize.0, regularize.1 and so on", ""},
	{"regularize.weight", "a number of at least 0", "0", "weight of the penalty; also the argument without a name", "regularize=l1|l2"},
	{"regularize.on", "a pattern of names", "*", "parameters it is on, * standing for any text: *.W", "regularize=l1|l2"},
}

// setPenalty sets a part of the list of penalties. The key is what follows
// "regularize.": of a single penalty "" is its kind, "0" or "weight" its weight
// and "on" its pattern; of number i in a list, "i" is its kind, and the rest as
// before with "i." in front.
func (c *Config) setPenalty(key, value string) error {
	if key == "" && value == "none" {
		c.Penalties = nil
		return nil
	}
	i, part, err := splitPenalty(key, value)
	if err != nil {
		return err
	}
	if i > len(c.Penalties) || part != "" && i == len(c.Penalties) {
		return fmt.Errorf("regularize.%s comes before the penalty it belongs to: set regularize to l1 or l2 first", key)
	}
	if key == "" {
		c.Penalties = nil
	}
	if part == "" && i == len(c.Penalties) {
		c.Penalties = append(c.Penalties, optim.Penalty{On: "*"})
	}
	return setPart(&c.Penalties[i], part, value)
}

// splitPenalty tells which penalty a key is about, and which part of it. The
// key "0" is the weight of a single penalty if the value is a number, else the
// kind of the first of a list.
func splitPenalty(key, value string) (i int, part string, err error) {
	head, rest, _ := strings.Cut(key, ".")
	n, numErr := strconv.Atoi(head)
	_, isWeight := strconv.ParseFloat(value, 64)
	switch {
	case numErr != nil && rest == "" && slices.Contains([]string{"", "weight", "on"}, head):
		return 0, head, nil
	case numErr != nil || n < 0 || !slices.Contains([]string{"", "0", "weight", "on"}, rest):
		return 0, "", fmt.Errorf("there is no setting regularize.%s; known are regularize, regularize.weight and regularize.on", key)
	case rest == "" && n == 0 && isWeight == nil || rest == "0":
		return n, "weight", nil
	}
	return n, rest, nil
}

// setPart sets the kind, the weight or the pattern of p.
func setPart(p *optim.Penalty, part, value string) error {
	switch part {
	case "":
		if !slices.Contains(optim.Penalties, value) {
			return fmt.Errorf("regularize is %s or none, not %s", strings.Join(optim.Penalties, ", "), value)
		}
		p.Kind = value
	case "weight":
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || !atLeast(0).has(x) {
			return fmt.Errorf("regularize.weight is a number %s, not %s", atLeast(0), value)
		}
		p.Weight = x
	case "on":
		if _, err := path.Match(value, ""); err != nil {
			return fmt.Errorf("regularize.on is a pattern of names, not %s", value)
		}
		p.On = value
	}
	return nil
}

// penaltySettings lists the penalties as settings.
func (c *Config) penaltySettings() []Setting {
	out := []Setting{{"regularize", "none"}}
	for i, p := range c.Penalties {
		key := fmt.Sprintf("regularize.%d", i)
		out = append(out, Setting{key, p.Kind}, Setting{key + ".weight", formatFloat(p.Weight)}, Setting{key + ".on", p.On})
	}
	return out
}
