// Package kernels holds the GPU's code: CUDA C++ in .cu and .h files, compiled to
// PTX by clang alone, and the structs that kernels read, mirrored. It knows
// nothing of drivers, graphs or models.
package kernels

//go:generate go run ./gen
