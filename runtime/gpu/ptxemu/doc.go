// Package ptxemu runs PTX, the assembly of NVIDIA's graphics processors, on the
// CPU. It is for tests on machines that have no GPU: they run the very text that
// the program embeds.
//
// It owns the meaning of instructions, the warps and barriers of a launch, and
// checks that a card does not make: the bounds and alignment of every access,
// shared memory that was never written (it holds NaNs), barriers that are not
// reached. It knows nothing of drivers, of this project's kernels, or of time.
//
// A text is read once (lex, parse), its instructions become closures over rows
// of registers, one row for the 32 lanes of a warp (bind), and a launch walks
// these with a mask of the lanes that take part (warp, block, grid). All runs on
// one thread, one instruction after another: data races between threads of a
// kernel, and what a card's caches do, stay unseen.
package ptxemu
