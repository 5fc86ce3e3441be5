package compiler

import "slices"

// A Function documents a function that is built in: one that is not written in
// the language itself.
type Function struct {
	Name string
	Call string // how it is written: concat(x, ...)
	Doc  string // one sentence
}

// Functions is every built-in function, by name.
func Functions() []Function {
	out := slices.Clone(functions)
	for name, f := range elementwise {
		out = append(out, Function{name, name + "(x)", elementDocs[name] + ", coordinate by coordinate: " + f.formula + "."})
	}
	slices.SortFunc(out, func(a, b Function) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return out
}

// functions are those of more than one number at a time.
var functions = []Function{
	{"concat", "concat(x, ...)", "Numbers and vectors side by side, as one vector."},
	{"zeros", "zeros(n)", "n zeros."},
	{"ones", "ones(n)", "n ones."},
	{"eye", "eye(n)", "The identity matrix, n by n; after init, the identity of whatever size the parameter has."},
	{"transpose", "transpose(A)", "A with its rows as columns."},
	{"diag", "diag(v) or diag(A)", "The matrix with v on its diagonal and zeros elsewhere; of a square matrix, its diagonal."},
	{"tril", "tril(v)", "n*(n+1)/2 numbers as a lower triangle, row by row, with softplus of those on the diagonal: the root of a covariance."},
	{"outer", "outer(a, b)", "The matrix with a[i] * b[j] in row i, column j."},
	{"stack", "stack(a, b, ...)", "Vectors of one size as the rows of a matrix; a list of lists is one as well."},
	{"cholesky", "cholesky(S)", "The lower triangle L with L @ transpose(L) = S, for a covariance S."},
	{"inverse", "inverse(A)", "The inverse of a square matrix."},
	{"dim", "dim(x)", "The number of x's coordinates, known when the program is compiled."},
	{"fold", "fold(x, [a, b, ...], net, ...)", "net(net(x, a, ...), b, ...): a net for each item of the list, one on top of the other."},
	{"repeat", "repeat(v, n)", "A list of n times v."},
	{"if", "if(c, a, b)", "a where the constant c is true, otherwise b; only the one that is chosen is evaluated."},
	{"dropout", "dropout(x, rate)", "While training, each coordinate is zero with probability rate, and otherwise divided by 1 - rate (Srivastava et al. 2014)."},
	{"max", "max(a, b)", "The larger of two numbers, coordinate by coordinate."},
	{"min", "min(a, b)", "The smaller of two numbers, coordinate by coordinate."},
	{"pow", "pow(a, b)", "a to the power b, as a ^ b."},
	{"clip", "clip(x, lo, hi)", "x, but lo where it is below lo and hi where it is above hi."},
	{"where", "where(c, a, b)", "a where c is not zero, otherwise b, coordinate by coordinate: where(x > 0, a, b)."},
	{"sum", "sum(x)", "The sum of x's coordinates."},
	{"present", "present(x[t])", "One where x, declared missing, was observed, and zero where it is missing."},
	{"onehot", "onehot(c, K)", "Class c of K as K indicators."},
	{"prior_mean", "prior_mean(z[t])", "In a guide: the mean that the model itself gives z, at the values the guide has drawn."},
	{"prior_var", "prior_var(z[t])", "In a guide: the variance that the model itself gives z, at the values the guide has drawn."},
	{"NADE", "NADE(context=c[t], hidden=100)", "The distribution of a binary vector whose coordinates depend on those before them (Larochelle & Murray 2011): coordinate d is one with log odds bias[d] + V[d] · sigmoid(start + sum over j < d of x[j] W[j]), where bias and start are linear in the context; ssmc show nade_parts prints them."},
	{"Mixture", "Mixture(probs=p, of=[Normal(mean=a, sd=b), ...]) or Mixture(logits=l, of=[...])", "The mixture of distributions over the same values. One of them is drawn for all coordinates of a vector together: its density is the sum of the weights times the products over the coordinates."},
	{"IAF", "IAF(mean=m, var=v, context=c[t], steps=2, hidden=H)", "In a guide: a Gaussian bent by steps of inverse autoregressive flow (Kingma et al. 2016), which the context steers; ssmc show iaf_step prints one."},
	{"Relaxed", "Relaxed(logits=l, temperature=0.5)", "In a guide: a class, which is nearly one while the guide is trained, and one where it is scored (Jang et al. 2017; Maddison et al. 2017)."},
	{"causal_in", "causal_in(D, H, reverse)", "A mask [D, H]: which of D coordinates each of H hidden units may see, so that none sees those after it (Germain et al. 2015)."},
	{"causal_out", "causal_out(H, D, reverse)", "A mask [H, D]: which of H hidden units each of D coordinates may be computed from, so that it depends on those before it alone."},
	{"softmax", "softmax(x)", "exp(x) divided by its sum: positive numbers that add up to one."},
	{"uniform", "uniform(a) or uniform(a, b)", "After init: uniform between -a and a, or between a and b."},
	{"normal", "normal(sd)", "After init: normal with mean zero."},
	{"laplace", "laplace(scale)", "After init: Laplace with mean zero."},
	{"xavier", "xavier", "After init: uniform with variance 2/(rows + columns) (Glorot & Bengio 2010)."},
	{"he", "he", "After init: normal with variance 2/rows (He et al. 2015)."},
	{"orthogonal", "orthogonal", "After init: the Q of a QR of normal numbers, a square block at a time (Saxe et al. 2014)."},
}

// elementDocs says what each function of one number is.
var elementDocs = map[string]string{
	"exp": "The exponential", "log": "The natural logarithm", "log1p": "The logarithm of 1 + x, exact near zero",
	"expm1": "The exponential less one, exact near zero", "sqrt": "The square root", "square": "The square",
	"abs": "The absolute value", "sigmoid": "The logistic function 1/(1 + exp(-x)), between zero and one",
	"softplus": "log(1 + exp(x)), always positive", "tanh": "The hyperbolic tangent", "relu": "x where it is positive, otherwise zero",
	"sin": "The sine", "cos": "The cosine", "elu": "x where it is positive, otherwise exp(x) - 1 (Clevert et al. 2016)",
	"leaky_relu": "x where it is positive, otherwise x/100 (Maas et al. 2013)",
	"gelu":       "A smooth relu, x times a logistic function (Hendrycks & Gimpel 2016)",
	"logit":      "The log odds of a probability",
	"identity":   "x itself",
}
