package diag

// BadSetting is the code of the train and eval blocks.
const BadSetting Code = "setting"

var settingDocs = []Doc{
	{BadSetting, "A train or eval block has a setting that there is not, that cannot have its value, or that has no effect.",
		`The blocks hold defaults for fit and eval, each of which the command line can change with --set. A setting
below another is its argument: optimizer = adam(lr=8e-4) sets optimizer and optimizer.lr. What would be silently
ignored, such as a momentum for an optimizer that has none, is an error too. 'ssmc doc' followed by the name of a
setting says what it may be.`,
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[1] ~ Normal(mean=0, var=1)\n  z[t] ~ Normal(mean=z[t-1], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n\ntrain {\n  epoch = 100\n}\n", ""},
}
