package diag

// The codes of values: sizes, supports, arguments, nets and initial values.
const (
	SizeMismatch       Code = "size-mismatch"
	BadSize            Code = "size"
	BadIndex           Code = "index-range"
	BadBound           Code = "bound"
	BadInit            Code = "init"
	NotConstant        Code = "not-constant"
	NotValue           Code = "not-a-value"
	BadNet             Code = "net"
	BadArgument        Code = "argument"
	MissingArgument    Code = "missing-argument"
	Positional         Code = "positional"
	Support            Code = "support"
	NotReparameterised Code = "not-reparameterised"
	MissingRead        Code = "missing-read"
)

var valueDocs = []Doc{
	{SizeMismatch, "Two sizes that must be equal are not.",
		"Sizes are checked before anything is computed. A net makes as many numbers as its out says; a number serves every coordinate of a vector.",
		"use std.nets\n\nmodel M {\n  dim note = 8\n  observed x[t]: binary[note]\n  latent z[t]: real[3]\n  net emit = mlp(3, hidden=[5])\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Bernoulli(logits=emit(z[t]))\n}\n", ""},
	{BadSize, "A size is not a whole number above zero.",
		"Sizes are whole numbers from 1 to about a million. A name in a size that nothing declares is read from the data.",
		"model M {\n  observed x[t]: real[0]\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{BadIndex, "A coordinate is taken that is not there.",
		"Coordinates count from 1, and both ends of a range belong to it.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real[2]\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t][3], var=1)\n}\n", ""},
	{BadBound, "The bounds of a parameter allow no value, or not its start.",
		"A bound is > a, < b or in (a, b); the initial value lies strictly between.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  param s: real > 0 init -1\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], sd=s)\n}\n", ""},
	{BadInit, "A parameter cannot start so.",
		"After init stands a number, an initialiser (uniform(a), uniform(a, b), normal(sd), laplace(scale), xavier, he, orthogonal, eye), or a constant array of the same size.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  param s: real init uniform\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=s * z[t], var=1)\n}\n", ""},
	{NotConstant, "A number must be known beforehand, and is not.",
		"Sizes, indices, bounds and constants are known when the program is compiled: they depend on no data and no parameter.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  param a: real\n  const b = a\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{NotValue, "Something is used as what it is not.",
		"Numbers and vectors are added and multiplied; nets and functions are called; distributions stand after ~.",
		"use std.nets\n\nmodel M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t] + mlp, var=1)\n}\n", ""},
	{BadNet, "A net is defined or named wrongly.",
		"A net is made of param, let and return. A named net is a call that begins with the size of its input: net emit = mlp(3, hidden=[5], out=8).",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  net f = 3\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{BadArgument, "A function, net or distribution is given an argument that it does not take.",
		"Arguments are matched by name, or in order for nets. ssmc show NAME prints a net, ssmc doc NAME a distribution.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, variance=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{MissingArgument, "A distribution lacks one of its parameters.",
		"Every parameter is given once, by one of its names. ssmc doc NAME lists them.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{Positional, "A parameter of a distribution is given without its name.",
		"Is Normal(0, 2) of variance 2 or of standard deviation 2? Published code has been wrong about it: parameters are named.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, 1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{Support, "A value cannot be one of those that are asked for.",
		"A variance is positive, a probability lies between 0 and 1, a binary variable is 0 or 1. softplus and exp make any number positive, sigmoid brings it between 0 and 1.",
		"model M {\n  observed x[t]: binary\n  latent z[t]: real\n  z[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
	{NotReparameterised, "A guide draws from a distribution that gives no gradient through its samples.",
		"The bound is climbed along samples written as a smooth function of noise (Kingma & Welling 2014). Normal has that form.",
		"", ""},
	{MissingRead, "A model computes with a value that may be missing.",
		"Blanks of what is observed are left out of the likelihood. But what a model reads, an input or an earlier observation, must be a number: a blank is not zero. Say what stands for it with present(x[t]), which is one where x was observed and zero where it is missing. A guide may read both as they are.",
		"model M {\n  observed x[t]: real\n  input u[t]: real missing\n  latent z[t]: real\n  z[t] ~ Normal(mean=u[t], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n", ""},
}
