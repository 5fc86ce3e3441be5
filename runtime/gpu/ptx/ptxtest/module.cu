// A kernel for tests: one program over rows of arrays.
#include "../../kernels/exports.h"
#include "../../kernels/program.h"

extern "C" __device__ void map_program(int program, const GLOBAL Array *arrays, int lo, int hi, int thread, int threads);

extern "C" __global__ void run(const GLOBAL Array *arrays, int program, int lo, int hi) {
  map_program(program, arrays, lo, hi, blockIndex() * blockThreads() + threadIndex(), blocks() * blockThreads());
}
