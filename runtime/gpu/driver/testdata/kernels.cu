// Kernels of the driver's tests; kernels.ptx is made from it with
//   clang-19 -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_80 -O3 -S
#define KERNEL extern "C" __attribute__((global)) void

struct Plan {
  float *out;
  double scale;
  int n;
  short step;
};

// out[i] += scale * (in[i] + shift)
KERNEL add(Plan p, const float *in, float shift, long long offset) {
  int i = __nvvm_read_ptx_sreg_ctaid_x() * __nvvm_read_ptx_sreg_ntid_x() + __nvvm_read_ptx_sreg_tid_x();
  if (i < p.n) p.out[i * p.step] += p.scale * (in[i + offset] + shift);
}

extern __attribute__((shared)) int box[];

// Every block counts itself and waits for the others; shared memory is used to its end.
KERNEL meet(int *count, int *seen, int words) {
  box[words - 1] = __nvvm_read_ptx_sreg_ctaid_x();
  if (__nvvm_read_ptx_sreg_tid_x() == 0) {
    asm volatile("red.release.gpu.global.add.u32 [%0], 1;" ::"l"(count) : "memory");
    int n;
    do asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(n) : "l"(count) : "memory");
    while (n < (int)__nvvm_read_ptx_sreg_nctaid_x());
    seen[box[words - 1]] = n;
  }
}

KERNEL nothing_given() {}
