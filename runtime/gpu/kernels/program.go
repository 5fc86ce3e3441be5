// Package kernels holds the GPU's code: CUDA C++ in .cu and .h files, compiled to
// PTX by clang alone, and the structs that kernels read, mirrored. It knows
// nothing of drivers, graphs or models.
package kernels

import (
	"embed"
	"fmt"
)

//go:generate go run ./gen

//go:embed gen_*.ptx
var texts embed.FS

// Text is the PTX of NAME.cu. It panics where there is none.
func Text(name string) string {
	text, err := texts.ReadFile("gen_" + name + ".ptx")
	if err != nil {
		panic(fmt.Sprintf("there are no kernels called %s", name))
	}
	return string(text)
}
