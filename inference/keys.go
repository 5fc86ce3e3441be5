package inference

import "ssmc/inference/optim"

// fields is every setting but the penalties, which are a list.
var fields = []field{
	{
		key: "seed", fallback: "1",
		at:  func(c *Config) any { return &c.Seed },
		doc: "seed of initial values, order and noise: with one seed a fit gives the same bits on any number of threads",
	},
	{
		key: "threads", fallback: "0", in: atLeast(0),
		at:  func(c *Config) any { return &c.Threads },
		doc: "threads to compute with; 0 is one for each core",
	},
	{
		key: "checkpoint", fallback: "1", in: atLeast(0),
		at:  func(c *Config) any { return &c.Checkpoint },
		doc: "minutes between checkpoints, which are what ssmc fit --resume goes on from: a run that is killed loses no more than that. One is also kept at the start, at the end, and where the run is interrupted; with 0 only then",
	},

	{
		key: "epochs", fallback: "2000", in: atLeast(1),
		at:  func(c *Config) any { return &c.Epochs },
		doc: "passes over the training data",
	},
	{
		key: "batch", fallback: "20", in: atLeast(1),
		at:  func(c *Config) any { return &c.Batch },
		doc: "sequences an update",
	},
	{
		key: "order", fallback: "shuffle", choices: []string{"shuffle", "pooled", "sorted"},
		at:  func(c *Config) any { return &c.Order },
		doc: "shuffle: sequences are shuffled each epoch. pooled: then sorted by length within pools of several batches, which is faster where lengths differ. sorted: batches of like length that never change, in random order",
	},
	{
		key: "order.pool", fallback: "8", in: atLeast(1), needs: need{"order", []string{"pooled"}}, also: []string{"order.0"},
		at:  func(c *Config) any { return &c.Pool },
		doc: "batches in a pool",
	},
	{
		key: "window", fallback: "0", in: atLeast(0),
		at:  func(c *Config) any { return &c.Window },
		doc: "longest piece to train on, in steps: longer sequences are cut into even pieces, each taken for a sequence of its own unless carry is true; 0 never cuts. Evaluation is of whole sequences",
	},
	{
		key: "carry", fallback: "false", needs: need{key: "window"},
		at:  func(c *Config) any { return &c.Carry },
		doc: "whether the pieces that a window makes go on where the one before them ended. They then come in their order, those of up to as many sequences as a batch has side by side, and what flows forwards in time starts from what the piece before left, as it was computed with the parameters of then and without a gradient over the cut: states of nets over x[1:t], latents, lags. What flows backwards, as nets over x[t:T] do, sees to the end of its piece. It needs objective=elbo, a guide that draws, and latents that vary in time",
	},
	{
		key: "divide", fallback: "batch", choices: []string{"batch", "frames", "none"},
		at:  func(c *Config) any { return &c.Divide },
		doc: "what the cost, penalties included, is divided by before its gradient is clipped: the sequences of the batch, its frames, or nothing",
	},

	{
		key: "posterior", fallback: "meanfield", choices: []string{"meanfield", "fullrank", "map"},
		at:  func(c *Config) any { return &c.Posterior },
		doc: "what parameters with priors get: a Gaussian posterior on the real line, of independent numbers (meanfield) or correlated ones (fullrank), or their most probable value (map)",
	},
	{
		key: "floor", fallback: "1e-8", in: bounds{lo: 0, hi: 1},
		at:  func(c *Config) any { return &c.Floor },
		doc: "what is added to variances, scales, rates and all else that must be positive, of the model and the guide, where the program computes it: a density of what does not vary is then large and not infinite. Constants stay as they are, and so does rate=exp(y), which is log_rate=y; of sd and logvar the variance gets it; ssmc plan lists where. Raise it, to 1e-6 or 1e-4 for data of unit variance, where a fit ends in infinite numbers; lower it where the variances of your data are not much above 1e-8",
	},
	{
		key: "objective", fallback: "elbo", choices: []string{"elbo", "iwae", "fivo"},
		at:  func(c *Config) any { return &c.Objective },
		doc: "what is maximised, and what validation takes. elbo: the evidence lower bound. iwae: the log of the mean importance weight of several samples of a sequence (Burda et al. 2016). fivo: the log of a particle filter's estimate of the likelihood, with the guide as its proposal (Maddison et al. 2017); particles are resampled when they are worth fewer than half as many, and no gradient goes through the choice of ancestors. Each is closer to the likelihood than the one before, fivo above all on long sequences",
	},
	{
		key: "objective.kl", fallback: "analytic", choices: []string{"analytic", "sampled"}, needs: elbo,
		at:  func(c *Config) any { return &c.KL },
		doc: "closed KL terms where there are, or log p - log q at the samples",
	},
	{
		key: "objective.samples", fallback: "1", in: atLeast(1), also: []string{"samples"}, needs: need{"objective", []string{"elbo", "iwae"}},
		at:  func(c *Config) any { return &c.Samples },
		doc: "posterior samples of each sequence in an update: elbo takes the mean of their bounds, iwae the log of their mean weight",
	},
	{
		key: "objective.particles", fallback: "8", in: atLeast(2), needs: need{"objective", []string{"fivo"}},
		at:  func(c *Config) any { return &c.Particles },
		doc: "particles of each sequence in an update",
	},
	{
		key: "objective.gradient", fallback: "auto", choices: []string{"auto", "plain", "stl", "dreg"}, needs: need{"objective", []string{"elbo", "iwae"}},
		at:  func(c *Config) any { return &c.Gradient },
		doc: "which estimate of the gradient is followed; all have the same mean. plain: of the bound as it is. stl: the parameters of log q are held, so that the gradient vanishes where the guide is exact (Roeder et al. 2017); of elbo(kl=sampled). dreg: the same for iwae, whose plain gradient of the guide drowns in noise with many samples (Tucker et al. 2019). auto: dreg for iwae, else plain",
	},
	{
		key: "objective.free_bits", fallback: "0", in: atLeast(0), needs: elbo,
		at:  func(c *Config) any { return &c.FreeBits },
		doc: "nats of KL a frame that each latent may spend freely (Kingma et al. 2016): where its mean over the frames and samples of a batch is less, that KL has no gradient. It is of a latent with all its coordinates, and of the whole batch, so that frames which need more are not held back by those that need none. Validation counts every nat",
	},
	{
		key: "objective.anneal", fallback: "none", choices: []string{"none", "linear", "cyclical", "sigmoid"}, needs: elbo,
		at:  func(c *Config) any { return &c.Anneal.Kind },
		doc: "how the weight of the KL terms rises. cyclical: again and again, in the first half of each cycle (Fu et al. 2019). sigmoid: along a logistic curve",
	},
	{
		key: "objective.anneal.from", fallback: "0.01", in: atLeast(0), needs: annealing,
		at:  func(c *Config) any { return &c.Anneal.From },
		doc: "weight in the first update",
	},
	{
		key: "objective.anneal.to", fallback: "1", in: atLeast(0), needs: annealing,
		at:  func(c *Config) any { return &c.Anneal.To },
		doc: "weight after all steps",
	},
	{
		key: "objective.anneal.steps", fallback: "5000", in: atLeast(1), needs: annealing,
		at:  func(c *Config) any { return &c.Anneal.Steps },
		doc: "updates from the first weight to the last, all cycles together",
	},
	{
		key: "objective.anneal.cycles", fallback: "4", in: atLeast(1), needs: need{"objective.anneal", []string{"cyclical"}},
		at:  func(c *Config) any { return &c.Anneal.Cycles },
		doc: "how often the weight rises within the steps",
	},
	{
		key: "objective.anneal.steepness", fallback: "10", in: above(0), needs: need{"objective.anneal", []string{"sigmoid"}},
		at:  func(c *Config) any { return &c.Anneal.Steepness },
		doc: "k in the curve 1/(1 + exp(-k(s - 1/2))), s the part of the steps that is done, stretched to go from the first weight to the last (Bowman et al. 2016)",
	},

	{
		key: "optimizer", fallback: "adam", choices: optim.Kinds,
		at:  func(c *Config) any { return &c.Optimizer.Kind },
		doc: "how parameters move",
	},
	{
		key: "optimizer.lr", fallback: "8e-4", in: above(0), also: []string{"optimizer.0"},
		at:  func(c *Config) any { return &c.LR },
		doc: "learning rate",
	},
	{
		key: "optimizer.clip_norm", fallback: "1", in: atLeast(0),
		at:  func(c *Config) any { return &c.Clip },
		doc: "largest norm of the gradient of the divided cost; 0 is no limit",
	},
	{
		key: "optimizer.beta1", fallback: "0.9", in: fraction, needs: need{"optimizer", []string{"adam"}},
		at:  func(c *Config) any { return &c.Optimizer.Beta1 },
		doc: "decay of Adam's mean gradient",
	},
	{
		key: "optimizer.beta2", fallback: "0.999", in: fraction, needs: need{"optimizer", []string{"adam"}},
		at:  func(c *Config) any { return &c.Optimizer.Beta2 },
		doc: "decay of Adam's mean square",
	},
	{
		key: "optimizer.decay", fallback: "0.9", in: fraction, needs: need{"optimizer", []string{"rmsprop"}},
		at:  func(c *Config) any { return &c.Optimizer.Decay },
		doc: "decay of RMSProp's mean square",
	},
	{
		key: "optimizer.momentum", fallback: "0", in: fraction, needs: need{"optimizer", []string{"sgd", "rmsprop"}},
		at:  func(c *Config) any { return &c.Optimizer.Momentum },
		doc: "share of the last step that is taken again",
	},
	{
		key: "optimizer.eps", fallback: "1e-8", in: above(0), needs: need{"optimizer", []string{"adam", "rmsprop"}},
		at:  func(c *Config) any { return &c.Optimizer.Eps },
		doc: "added to the root of the mean square",
	},
	{
		key: "optimizer.schedule", fallback: "constant", choices: optim.Schedules,
		at:  func(c *Config) any { return &c.Schedule.Kind },
		doc: "how the learning rate falls",
	},
	{
		key: "optimizer.schedule.steps", fallback: "0", in: atLeast(0), needs: need{"optimizer.schedule", []string{"exponential", "cosine", "linear"}}, also: []string{"optimizer.schedule.0"},
		at:  func(c *Config) any { return &c.Schedule.Steps },
		doc: "updates over which it falls; 0 is all that follow the warm-up",
	},
	{
		key: "optimizer.schedule.rate", fallback: "0.1", in: bounds{lo: 0, hi: 1, openLo: true}, needs: need{"optimizer.schedule", []string{"exponential"}},
		at:  func(c *Config) any { return &c.Schedule.Rate },
		doc: "share that is left after the steps, again and again",
	},
	{
		key: "optimizer.schedule.floor", fallback: "0", in: bounds{lo: 0, hi: 1}, needs: need{"optimizer.schedule", []string{"cosine", "linear"}},
		at:  func(c *Config) any { return &c.Schedule.Floor },
		doc: "share that is left in the end",
	},
	{
		key: "optimizer.schedule.warmup", fallback: "0", in: atLeast(0),
		at:  func(c *Config) any { return &c.Schedule.Warmup },
		doc: "updates over which the learning rate first rises from 0",
	},

	{
		key: "stop", fallback: "best", choices: []string{"best", "none"},
		at:  func(c *Config) any { return &c.Stop.Kind },
		doc: "best: keep the parameters that were best on validation data. none: keep the last",
	},
	{
		key: "stop.on", fallback: "valid.bound", choices: []string{"valid.bound"}, also: []string{"stop.0"}, needs: need{"stop", []string{"best"}},
		at:  func(c *Config) any { return &c.Stop.On },
		doc: "what best is judged by",
	},
	{
		key: "stop.patience", fallback: "0", in: atLeast(0), needs: need{"stop", []string{"best"}},
		at:  func(c *Config) any { return &c.Stop.Patience },
		doc: "validations without improvement that end the fit, those during annealing not counted; 0 never ends it early",
	},

	{
		key: "on_nan", fallback: "stop", choices: []string{"stop", "rollback"},
		at:  func(c *Config) any { return &c.OnNaN.Kind },
		doc: "what becomes of a fit where a loss, a gradient or a validation bound is infinite or not a number. stop: it ends, and the run keeps the best parameters, or the last that are known to give finite numbers. rollback: it goes on from the best parameters on validation data, or anew where there are none, with a lower learning rate, other batches and noise, and nothing in the optimizer's memory; each is told at once, noted, and kept in run.json",
	},
	{
		key: "on_nan.times", fallback: "3", in: atLeast(1), needs: rollingBack,
		at:  func(c *Config) any { return &c.OnNaN.Times },
		doc: "rollbacks, after which the fit stops all the same",
	},
	{
		key: "on_nan.factor", fallback: "0.5", in: bounds{lo: 0, hi: 1, openLo: true}, needs: rollingBack,
		at:  func(c *Config) any { return &c.OnNaN.Factor },
		doc: "what each rollback multiplies the learning rate by",
	},

	{
		key: "validate", fallback: "every", choices: []string{"every", "none"},
		at:  func(c *Config) any { return &c.Validate.Kind },
		doc: "whether the bound of the validation data is taken during the fit",
	},
	{
		key: "validate.every", fallback: "5", in: atLeast(1), also: []string{"validate.0"}, needs: validating,
		at:  func(c *Config) any { return &c.Validate.Every },
		doc: "epochs or updates between validations; the end of the fit is always one",
	},
	{
		key: "validate.unit", fallback: "epochs", choices: []string{"epochs", "updates"}, needs: validating,
		at:  func(c *Config) any { return &c.Validate.Unit },
		doc: "what validate.every counts",
	},
	{
		key: "validate.samples", fallback: "2", in: atLeast(1), needs: validating,
		at:  func(c *Config) any { return &c.Validate.Samples },
		doc: "posterior samples of each sequence, or bounds by all samples or particles of iwae and fivo; their noise is the same at every validation",
	},

	{
		key: "eval.nll", fallback: "importance", choices: []string{"importance", "filter", "none"},
		at:  func(c *Config) any { return &c.Eval.NLL },
		doc: "estimate of the negative log likelihood. importance: by whole sequences that the guide draws. filter: by particles, which holds on long sequences, where a few of all whole samples decide",
	},
	{
		key: "eval.nll.samples", fallback: "2000", in: atLeast(1), also: []string{"eval.nll.0"}, needs: need{"eval.nll", []string{"importance"}},
		at:  func(c *Config) any { return &c.Eval.NLLSamples },
		doc: "importance samples of each sequence",
	},
	{
		key: "eval.nll.particles", fallback: "500", in: atLeast(2), needs: filtering,
		at:  func(c *Config) any { return &c.Eval.Particles },
		doc: "particles of each filter, which are in memory at once",
	},
	{
		key: "eval.nll.runs", fallback: "10", in: atLeast(1), needs: filtering,
		at:  func(c *Config) any { return &c.Eval.Runs },
		doc: "filters of each sequence: the mean of their likelihoods is taken, and the error told by how they differ",
	},
	{
		key: "eval.nll.proposal", fallback: "guide", choices: []string{"guide", "model"}, needs: filtering,
		at:  func(c *Config) any { return &c.Eval.Proposal },
		doc: "what particles are drawn from: the guide, or the model's own transitions, blind to what is observed (Gordon et al. 1993)",
	},
	{
		key: "eval.bound", fallback: "elbo", choices: []string{"elbo", "none"},
		at:  func(c *Config) any { return &c.Eval.Bound },
		doc: "upper bound of the negative log likelihood",
	},
	{
		key: "eval.bound.samples", fallback: "2", in: atLeast(1), also: []string{"eval.bound.0"}, needs: need{"eval.bound", []string{"elbo"}},
		at:  func(c *Config) any { return &c.Eval.BoundSamples },
		doc: "posterior samples of each sequence",
	},
	{
		key: "eval.frames", fallback: "1024", in: atLeast(1),
		at:  func(c *Config) any { return &c.Eval.Frames },
		doc: "frames times samples that are evaluated at once, which bounds memory whatever the number of importance samples: they come in chunks of so many frames, or of one sample where a sequence is longer than that, as no sequence is cut. A filter has all of its particles at once",
	},
}

var (
	elbo        = need{"objective", []string{"elbo"}}
	filtering   = need{"eval.nll", []string{"filter"}}
	annealing   = need{"objective.anneal", []string{"linear", "cyclical", "sigmoid"}}
	rollingBack = need{"on_nan", []string{"rollback"}}
	validating  = need{"validate", []string{"every"}}
)
