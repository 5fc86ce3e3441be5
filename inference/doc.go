// Package inference fits models: it draws batches from data, runs stochastic
// variational inference on a runtime.Model, scores what was learned on held-out
// data, and keeps the results of runs in folders. It knows neither the language
// nor how graphs are computed.
//
// Package data reads data, package optim has the optimisers, package predict scores
// predictions by the rules of package scoring, package baseline has the naive
// predictors that models are compared with.
package inference
