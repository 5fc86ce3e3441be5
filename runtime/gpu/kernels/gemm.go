package kernels

// How the kernels of products are launched: gemm_fp32, gemm_tf32 and gemm_bf16.
const (
	GemmThreads = 128 // of a block
	GemmTile    = 64  // rows and columns of results that are a block's

	gemmBlocks = 3   // on a multiprocessor at the same time
	fewRows    = 128 // that are no more worth a part of their own
)

// GemmGrid is the blocks for results of so many rows and columns, in so many parts:
// those of GEMM at its capacity of rows, in 1, or of GEMM_WEIGHTS, in N[3].
func GemmGrid(rows, cols, parts int) [3]int {
	return [3]int{max(up(rows, GemmTile), 1), up(cols, GemmTile), parts}
}

// WeightParts is how many parts of up to so many rows give all multiprocessors something
// to do, where x'y is a gradient [k,d].
func WeightParts(k, d, rows int, c Card) int {
	tiles := up(k, GemmTile) * up(d, GemmTile)
	return max(1, min(gemmBlocks*c.Blocks/tiles, up(rows, fewRows)))
}
