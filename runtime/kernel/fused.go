package kernel

// Fused is a whole program of element-wise instructions as one routine: for each of n
// elements it loads the inputs, which come first in at, and stores the outputs,
// which come last. In between, values stay in registers.
type Fused[F Float] func(n int, at [][]F, constants []F)

// FusedOf returns the routine for a program of package scalar, by its text, or nil:
// then the program is run one instruction at a time, with the same bits as result.
// gen/programs.txt lists those that have one.
func FusedOf[F Float](text string) Fused[F] { return tableOf[F]().fused[text] }
