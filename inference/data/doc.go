// Package data reads and writes sequence data: independent sequences of the
// variables that a model declares, in CSV, TSV, Parquet, JSON lines and NPZ.
// It matches columns to variables, checks each value against its type, and
// divides and cuts sequences for training. Nothing is coerced or dropped
// without saying so. It knows no model beyond the list of its variables.
package data
