#!/usr/bin/env bash
# Writes the .ptx beside each .cu: compile.sh, with Debian's clang-19 and no file
# of NVIDIA's. The tests read the .ptx alone.
set -euo pipefail
cd "$(dirname "$0")"
for f in *.cu; do
	arch=$(sed -n 's|^// arch: ||p' "$f")
	clang-19 -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch="${arch:-sm_80}" \
		-O3 -ffp-contract=off -Wno-unknown-cuda-version -S "$f" -o "${f%.cu}.ptx"
done
