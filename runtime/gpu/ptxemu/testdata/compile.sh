#!/usr/bin/env bash
# Writes the .ptx beside each .cu with Debian's clang-19 and no file of NVIDIA's.
# The tests read the .ptx alone. A line "// arch: sm_90" chooses what it is made
# for; "// cluster: 4" adds the directive that this clang has no attribute for.
set -euo pipefail
cd "$(dirname "$0")"
for f in *.cu; do
	arch=$(sed -n 's|^// arch: ||p' "$f")
	cluster=$(sed -n 's|^// cluster: ||p' "$f")
	clang-19 -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch="${arch:-sm_80}" \
		-O3 -ffp-contract=off -Wno-unknown-cuda-version -S "$f" -o "${f%.cu}.ptx"
	if [ -n "$cluster" ]; then
		sed -i "s/^{/.explicitcluster\n.reqnctapercluster $cluster, 1, 1\n{/" "${f%.cu}.ptx"
	fi
done
