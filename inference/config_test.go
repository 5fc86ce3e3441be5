package inference

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"ssmc/inference/optim"
)

// config makes a configuration out of key=value texts.
func config(t testing.TB, settings ...string) *Config {
	t.Helper()
	c := DefaultConfig()
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		if err := c.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// A program's train block, flattened.
func TestApplySettings(t *testing.T) {
	c := config(t, "objective=elbo", "objective.kl=sampled", "objective.anneal=linear", "objective.anneal.steps=5e3",
		"optimizer=sgd", "optimizer.0=8e-4", "optimizer.schedule=cosine", "optimizer.schedule.steps=100",
		"samples=3", "stop=best", "stop.0=valid.bound", "stop.patience=7", "train.batch=10", "eval.nll=importance", "eval.nll.samples=100")
	if err := c.Check(); err != nil {
		t.Error(err)
	}
	if c.KL != "sampled" || c.Anneal != (Anneal{"linear", 0.01, 1, 5000, 4, 10}) || c.Samples != 3 || c.Batch != 10 {
		t.Errorf("objective: %+v", c)
	}
	if c.Optimizer.Kind != "sgd" || c.LR != 8e-4 || c.Schedule.Kind != "cosine" || c.Schedule.Steps != 100 {
		t.Errorf("optimizer: %+v, %+v", c.Optimizer, c.Schedule)
	}
	if c.Stop != (Stop{"best", "valid.bound", 7}) || c.Eval.NLLSamples != 100 {
		t.Errorf("stop and eval: %+v, %+v", c.Stop, c.Eval)
	}
}

func TestPenaltySettings(t *testing.T) {
	l1, l2 := optim.Penalty{Kind: "l1", Weight: 0.1, On: "*"}, optim.Penalty{Kind: "l2", Weight: 0.05, On: "*.W"}
	for _, c := range []struct {
		settings []string
		want     []optim.Penalty
	}{
		{[]string{"regularize=l2", "regularize.0=0.05", "regularize.on=*.W"}, []optim.Penalty{l2}},
		{[]string{"regularize.0=l2", "regularize.0.0=0.05", "regularize.0.on=*.W", "regularize.1=l1", "regularize.1.weight=0.1"}, []optim.Penalty{l2, l1}},
		{[]string{"regularize=l2", "regularize=l1", "regularize.weight=0.1"}, []optim.Penalty{l1}},
		{[]string{"regularize=l2", "regularize=none"}, nil},
	} {
		if got := config(t, c.settings...).Penalties; !slices.Equal(got, c.want) {
			t.Errorf("%v gives %v, want %v", c.settings, got, c.want)
		}
	}
}

func TestSettingErrors(t *testing.T) {
	for _, c := range [][3]string{
		{"epohcs", "3", "there is no setting epohcs; did you mean epochs?"},
		{"optimizer.rl", "3", "did you mean optimizer.lr?"},
		{"zzzzzzz", "3", "known are batch, carry, checkpoint, divide, epochs"},
		{"epochs", "0", "epochs is a whole number of at least 1, not 0"},
		{"epochs", "1.5", "a whole number"},
		{"optimizer.lr", "fast", "a number above 0, not fast"},
		{"optimizer.lr", "NaN", "a number above 0"},
		{"optimizer.beta1", "1", "of at least 0 and below 1, not 1"},
		{"lr", "0.1", "did you mean optimizer.lr?"},
		{"steps", "5", "did you mean objective.anneal.steps or optimizer.schedule.steps?"},
		{"objective", "iwae(samples=5)", "set objective=iwae, and each argument by itself, as objective.NAME=VALUE"},
		{"optimizer", "adma", "did you mean adam?"},
		{"order", "random", "shuffle, pooled or sorted, not random"},
		{"seed", "-1", "a whole number of at least 0"},
		{"regularize", "l3", "l1, l2 or none, not l3"},
		{"regularize.0", "0.1", "set regularize to l1 or l2 first"},
		{"regularize.weigth", "0.1", "known are regularize"},
	} {
		err := DefaultConfig().Set(c[0], c[1])
		if err == nil || !strings.Contains(err.Error(), c[2]) {
			t.Errorf("%s=%s: %v, want %q", c[0], c[1], err, c[2])
		}
	}
	c := DefaultConfig()
	if errs := c.Apply([]Setting{{"epochs", "0"}, {"batch", "3"}, {"ordre", "1"}}); len(errs) != 2 || c.Batch != 3 {
		t.Errorf("%d errors, want 2; batch %d, want 3", len(errs), c.Batch)
	}
}

func TestSettingsWithoutEffectAreErrors(t *testing.T) {
	c := config(t, "optimizer=sgd", "optimizer.beta1=0.8")
	if err := c.Check(); err == nil || !strings.Contains(err.Error(), "needs optimizer=adam") {
		t.Errorf("got %v", err)
	}
	if err := config(t, "optimizer.beta1=0.8", "optimizer=sgd").Check(); err != nil {
		t.Errorf("another choice leaves the old one's settings behind: %v", err)
	}
	if err := config(t, "optimizer.momentum=0.8").Check(); err == nil {
		t.Error("momentum passes with adam")
	}
}

func TestSettingsRestoreAConfig(t *testing.T) {
	c := config(t, "epochs=7", "optimizer=sgd", "optimizer.momentum=0.5", "optimizer.lr=0.3", "seed=18446744073709551615",
		"regularize.0=l2", "regularize.0.0=0.05", "regularize.1=l1", "regularize.1.0=2", "regularize.1.on=*.b")
	back := DefaultConfig()
	if errs := back.Apply(c.Settings()); errs != nil {
		t.Fatal(errs)
	}
	back.given = c.given
	if !reflect.DeepEqual(c, back) {
		t.Errorf("got %+v, want %+v", back, c)
	}
}

func TestKeysAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range Keys() {
		if k.Doc == "" || k.Type == "" || k.Default == "" || seen[k.Name] {
			t.Errorf("%+v lacks something, or is there twice", k)
		}
		seen[k.Name] = true
	}
	for _, f := range fields {
		if f.needs.key != "" && !seen[f.needs.key] {
			t.Errorf("%s needs %s, which does not exist", f.key, f.needs.key)
		}
	}
}
