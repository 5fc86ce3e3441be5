package compiler

// Words is what documents the words of the language that are neither functions
// nor distributions: types of parameters, axes of time, factors of guides and
// what stands after with.
func Words() []Function { return words }

var words = []Function{
	{"real", "real, real[K], real[K, D]", "Any numbers. A parameter may have bounds: > 0, < 1, in (-1, 1)."},
	{"binary", "binary[D]", "Zeros and ones: of variables of the data."},
	{"count", "count[D]", "0, 1, 2 and so on: of variables of the data."},
	{"one_of", "one_of[K]", "One of K classes: of variables of the data, and of latents."},
	{"simplex", "simplex[K]", "K positive numbers that add up to one: of parameters. With a prior it is Dirichlet's."},
	{"ordered", "ordered[K]", "K increasing numbers: of parameters."},
	{"cov", "cov[n]", "A covariance, n by n: of parameters. What is learned is its Cholesky factor, with the logarithms of the diagonal."},
	{"corr", "corr[n]", "A correlation matrix, n by n: of parameters. What is learned is a lower triangle with ones on its diagonal, whose rows are divided by their length."},
	{"time", "time hours", "The unit of the times of rows; dt[t] is then the time since the row before."},
	{"dt", "dt[t]", "The time since the row before, in a model that declares its unit: time hours. The first row has none: say z[1] ~ ..., or dt[1] = 1."},
	{"every", "index s = every(16, t)", "An index that counts blocks of so many steps: latent w[s] is drawn once a block, and stays."},
	{"q", "q(z[t] | z[t-1], x[t:T])", "A factor of a guide: what is behind the bar is what the latent is drawn given. x[t:T] selects a net from the end, x[1:t] one from the start, x[1:T] both."},
	{"auto", "guide G = auto", "The smallest factorisation that can be exact, derived from the model's statements."},
	{"exact", "guide G = exact", "The latents are summed out: by the Kalman filter where the model is linear and Gaussian, by the forward algorithm where its latents are classes."},
	{"rnn", "with rnn=lstm(600)", "The recurrent net of a one-line guide: lstm, gru, rnn or a net of your own, and its size; also layers=2 and dropout=0.1."},
	{"layers", "with layers=2", "How many recurrent nets stand on top of each other in a one-line guide."},
	{"combine", "with combine=average", "How a one-line guide puts together what its nets say and the latents it is given: average, concat, product (of the Gaussians of two nets) or prior (the model's own transition times what the nets say)."},
	{"embed", "with embed=50", "The size of the layer between what is observed and the recurrent net of a one-line guide; none for none."},
	{"family", "with family=mvnormal", "What a one-line guide draws from: normal (independent coordinates), mvnormal (correlated ones) or iaf(steps), a normalising flow."},
	{"relax", "with relax=0.5", "The temperature of classes that a one-line guide draws: near 0 they are nearly classes while it is trained, and gradients wild."},
}
