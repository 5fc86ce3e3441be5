package diag

// The codes of queries.
const (
	BadTime   Code = "query-time"
	BadGiven  Code = "given"
	BadDo     Code = "do"
	BadReport Code = "report"
)

const queryExample = "model M {\n  observed x[t]: real\n  input u[t]: binary\n  latent z[t]: real\n  z[1] ~ Normal(mean=0, var=1)\n  z[t] ~ Normal(mean=z[t-1] - u[t], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n\n"

var queryDocs = []Doc{
	{BadTime, "A query names a time, or a range of times, that no sequence has.",
		"A time in a query is a number from 1, T for the last time of the sequence, or a name: let k = first(u[t] == 1) is the first time at which a condition holds in the data. Steps may be added and taken away, as in k-1. A range is FIRST:LAST, both included. What is true of a single sequence only, that k is not found or too near its end, is no mistake: the sequence is left out, and counted.",
		queryExample + "query q {\n  report mean(x[5:2])\n}\n", ""},
	{BadGiven, "A query is given what it cannot be given, or not what inference needs.",
		"What is given is what inference sees: variables of the data from 1 up to one time, x[1:k]. Every observed variable must be among them unless it is declared missing, for inference does without blanks only where the model says that there are some. Inputs and static variables are always seen up to that time. Without a line that begins with given nothing is inferred, and latents are drawn from the model from the first step on.",
		queryExample + "query q {\n  given u[1:3]\n  report mean(x[4:T])\n}\n", ""},
	{BadDo, "An intervention cannot set what it sets, or comes too early.",
		"do u[k:T] = 0 sets a variable, whatever it would have been. The value must be one that the variable can have. Latents and what is observed are inferred, and taken from the data, in the steps that are given: an intervention on them begins behind these, and so does one on an input, which may also begin with the last of them where no statement reads it at its own time.",
		queryExample + "query q {\n  given x[1:3], u[1:3]\n  do u[3:T] = 2\n  report mean(x[4:T])\n}\n", ""},
	{BadReport, "A query reports nothing, or what is no number to report.",
		"report mean(x[k:T]) as NAME is the mean over the steps of the range, over samples and over sequences; sd, prob of a condition, and quantile with its level are the others. Every sequence counts the same, and every step of it.",
		queryExample + "query q {\n  given x[1:3], u[1:3]\n}\n", ""},
}
