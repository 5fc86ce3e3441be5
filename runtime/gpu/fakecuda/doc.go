// Package fakecuda stands in for NVIDIA's driver, libcuda.so.1, in tests on
// machines that have no GPU. It is a shared library in C, built once with the
// machine's compiler, whose kernels package ptxemu runs.
//
// It owns what a driver checks: which context is current, what a capture may
// hold, how much memory and shared memory there is, what was freed. Device
// memory is the host's and begins full of NaNs. Work in a stream is done no
// sooner than someone waits for it, so that a buffer which is read or changed
// too early shows. It knows nothing of this project's models or kernels.
//
// What it pretends is set by the environment, which it reads at cuInit:
//
//	FAKE_CUDA_NAME         what the device is called
//	FAKE_CUDA_DEVICES      how many there are (1); 0: cuInit finds none
//	FAKE_CUDA_SMS          multiprocessors of each (2)
//	FAKE_CUDA_CAPABILITY   9.0 unless said
//	FAKE_CUDA_VERSION      of the driver, 12040 for 12.4
//	FAKE_CUDA_MEMORY       bytes of the device (4 GiB)
//	FAKE_CUDA_BUSY         1: the device cannot be had
//	FAKE_CUDA_FAIL_LAUNCH  the number of the launch that fails, from 1 on
//	FAKE_CUDA_LOG          a file to which calls are appended
package fakecuda
