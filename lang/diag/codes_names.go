package diag

// The codes of names, declarations and places in time.
const (
	UnknownName     Code = "unknown-name"
	UnknownLibrary  Code = "unknown-library"
	UnknownRole     Code = "unknown-role"
	UnknownType     Code = "unknown-type"
	Duplicate       Code = "duplicate"
	Reserved        Code = "reserved-name"
	NoModel         Code = "no-model"
	NoLatent        Code = "no-latent"
	BadRole         Code = "role"
	BadColumns      Code = "columns"
	NoDistribution  Code = "no-distribution"
	NotDistribution Code = "not-a-distribution"
	TimeIndex       Code = "time-index"
	MissingStart    Code = "missing-start"
	Future          Code = "reads-future"
	Cycle           Code = "cycle"
	Unsupported     Code = "unsupported"
	Unused          Code = "unused"
)

var nameDocs = []Doc{
	{UnknownName, "A name is used that nothing declares.",
		"Names are declared in the model (observed, latent, input, static, param, const, dim, let, net), in a library brought in with use, or built in. The nearest name is suggested.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[1] ~ Normal(mean=0, var=1)\n  z[t] ~ Normal(mean=zz[t-1], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{UnknownLibrary, "A library is used that there is not.",
		"The libraries are inside the program: std.nets has linear, mlp, gated and resnet; std.cells has rnn, gru and lstm. ssmc show NAME prints one.",
		"use std.net\n\nmodel M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{UnknownRole, "The word before a variable is no role.",
		"A variable is observed (data, scored), latent (inferred), input (data, given) or static (data, one value a sequence).",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  imput u[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{UnknownType, "A type is used that there is not.",
		"Values are real, binary (0 or 1), count (0, 1, 2, ...) or one_of[K] (a class from 1 to K).",
		"model M {\n  observed x[t]: float\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n}\n", ""},
	{Duplicate, "A name or a statement is defined twice.",
		"Every name has one definition, and every variable one statement for each time.",
		"model M {\n  dim n = 2\n  dim n = 3\n  observed x[t]: real[n]\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{Reserved, "A name is taken that has a meaning of its own.",
		"t is the time, T the last one and dt the time since the step before.",
		"model M {\n  const T = 3\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{NoModel, "The file has no model.",
		"A program is one model, with nets, guides and settings beside it.",
		"train {\n  epochs = 3\n}\n", ""},
	{NoLatent, "The model has no latent variable.",
		"Inference is about latent variables: without one there is nothing to infer.",
		"model M {\n  observed x[t]: real\n  x[t] ~ Normal(mean=0, var=1)\n}\n", ""},
	{BadRole, "A variable is used against its role.",
		"Observed variables and latents have a distribution and a time; inputs and statics are given and have none.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  input u[t]: real\n  u[t] ~ Normal(mean=0, var=1)\n  z[t] ~ Normal(mean=u[t], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{BadColumns, "The columns of a variable are not named as they should be.",
		"from columns(\"a\", \"b\") names the columns of a table, one for each coordinate.",
		"model M {\n  observed x[t]: real from \"a\"\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n}\n", ""},
	{NoDistribution, "A variable has no distribution.",
		"Every latent and observed variable needs a statement NAME[t] ~ ..., and may have others for its first times.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n}\n", ""},
	{NotDistribution, "What stands after ~ is not a distribution.",
		"A variable is drawn from a distribution such as Normal(mean=..., var=...). What is not random is defined with let.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ 2 * z[t]\n}\n", ""},
	{TimeIndex, "A place in time is missing or wrong.",
		"What varies in time is read at a time: x[t], x[t-1]. Nets that run in time read ranges: x[1:t], x[t:T]. Statements are for t, or for a number such as 1. Time begins at 1.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z, var=1)\n}\n", ""},
	{MissingStart, "A lagged variable has no value at the first step.",
		"z[t-1] does not exist at t = 1. Give the first step a statement of its own, z[1] ~ ..., or say what stands before it, x[0] = 0.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=z[t-1], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{Future, "A model reads the future.",
		"A generative model goes forward in time. A guide may look ahead: it has seen the data.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t+1], var=1)\n}\n", ""},
	{Cycle, "A definition depends on itself at the same time.",
		"A value may depend on itself at an earlier time, never at its own.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  let a[t] = b[t] + z[t]\n  let b[t] = a[t]\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=a[t], var=1)\n}\n", ""},
	{Unused, "Something is declared that nothing reads.",
		"This is a warning: the program compiles. Most often a name is written in two ways.",
		"model M {\n  observed x[t]: real\n  input u[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n\nguide G = q(z[t] | x[t:T])\n", ""},
	{Unsupported, "This version cannot do what the program asks for.",
		"The program is right as far as it was read, but needs something that is not there yet. The message says what, and what to write instead.",
		"model M {\n  observed x[t]: real[2, 2]\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
}
