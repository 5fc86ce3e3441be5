// Package kernels holds the GPU's code: CUDA C++ in .cu and .h files, compiled to
// PTX by clang alone, and the structs that kernels read, mirrored. It knows
// nothing of drivers, graphs or models.
package kernels

import (
	"embed"
	"fmt"
	"strings"
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

// Linked is the PTX of NAME.cu with the definition of the function map_program that
// it calls, which is PTX too.
func Linked(name, definition string) string {
	const call = ".func map_program"
	text := strings.Replace(Text(name), ".extern "+call, ".visible "+call, 1)
	return text + definition
}
