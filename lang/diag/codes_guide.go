package diag

// The codes of guides.
const (
	UnknownGuide  Code = "unknown-guide"
	GuideTarget   Code = "guide-target"
	MissingFactor Code = "missing-factor"
	GuideReads    Code = "guide-reads"
	GuideOrder    Code = "guide-order"
	Unfaithful    Code = "unfaithful"
	NotExact      Code = "not-exact"
)

const guideExample = "model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[1] ~ Normal(mean=0, var=1)\n  z[t] ~ Normal(mean=z[t-1], var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n\n"

var guideDocs = []Doc{
	{UnknownGuide, "A guide is chosen that there is not.",
		"A guide is one of the file's, or a structure that every model has: ST_R (DKS), ST_L, ST_LR, MF_L, MF_R, MF_LR.",
		guideExample + "train {\n  guide = ST_X\n}\n", ""},
	{GuideTarget, "A guide draws what the model does not have as a latent.",
		"The factors q(z[t] | ...) of a guide are for the model's latents, one each.",
		guideExample + "guide G = q(z[t] | x[t:T]) * q(w[t] | x[t:T])\n", ""},
	{MissingFactor, "A guide has no factor for one of the latents.",
		"Every latent needs a factor q(...); factors are multiplied with *.",
		"model M {\n  observed x[t]: real\n  latent a[t]: real\n  latent b[t]: real\n  a[t] ~ Normal(mean=0, var=1)\n  b[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=a[t] + b[t], var=1)\n}\n\nguide G = q(a[t] | x[t:T])\n", ""},
	{GuideReads, "The body of a guide reads what its factors do not list.",
		"The factors say what the approximate posterior is given: the body keeps to that.",
		guideExample + "guide G = q(z[t] | z[t-1], x[t:T]) {\n  z[t] ~ Normal(mean=x[t-1], var=1)\n}\n", ""},
	{GuideOrder, "The factors of a guide cannot be drawn one after another.",
		"A guide draws its latents in an order: step after step, forwards or backwards, and within a step one after another. What a factor is given must have been drawn before it. Two latents cannot each be given the other at the same time, and a latent cannot be given its own past and its own future. All of another latent, w[1:T], may be given where w is drawn without the one that reads it.",
		"model M {\n  observed x[t]: real\n  latent a[t]: real\n  latent b[t]: real\n  a[t] ~ Normal(mean=0, var=1)\n  b[t] ~ Normal(mean=0, var=1)\n  x[t] ~ Normal(mean=a[t] + b[t], var=1)\n}\n\nguide G = q(a[t] | b[t], x[t:T]) * q(b[t] | a[t], x[t:T])\n", ""},
	{Unfaithful, "A guide does not see what the posterior depends on.",
		"This is a warning: the guide can be fitted, and its bound holds, but it cannot be tight. The posterior of a latent, given those drawn before it, is a function of what the message lists (Webb et al. 2018); a guide that never sees some of it averages over it.",
		guideExample + "guide G = q(z[t] | z[t-1], x[1:t])\n", ""},
	{NotExact, "Exact inference was asked for, and the model does not allow it.",
		"guide exact sums the latents out with the Kalman filter. It needs every latent and what is observed of it to be Normal, with means linear in the latents and variances free of them. The message points at the statement that is not so.",
		"model M {\n  observed x[t]: real\n  latent z[t]: real\n  z[1] ~ Normal(mean=0, var=1)\n  z[t] ~ Normal(mean=sin(z[t-1]), var=1)\n  x[t] ~ Normal(mean=z[t], var=1)\n}\n\nguide G = exact\n", ""},
}
