#!/usr/bin/env bash
# All that is to be known of a GPU, on a bare machine with NVIDIA's driver and nothing
# else: is the GPU right, does a fit learn as on the CPU, what do its parts cost, how fast
# is the paper's model, and how fast are peers.
#
#   gpu-check.sh BINARY JSB_DIR [PEERS_DIR] [OUT_DIR]
#
# BINARY is ssmc, JSB_DIR the folder with the chorales (train, valid, test), PEERS_DIR
# one with programs called *_dmm.py, or "" for none. Everything goes to OUT_DIR
# (gpu-check), with summary.md at the end, whatever fails or hangs in between. It takes
# GPU_CHECK_SECONDS (450) at most, and ends with 1 where something failed.
set -u
export LC_ALL=C

if [ $# -lt 2 ]; then
	echo "usage: gpu-check.sh BINARY JSB_DIR [PEERS_DIR] [OUT_DIR]" >&2
	exit 2
fi
bin=$1 jsb=$2 peers=${3:-} out=${4:-gpu-check}
limit=${GPU_CHECK_SECONDS:-450}
case $bin in */*) ;; *) bin=./$bin ;; esac
mkdir -p "$out" || exit 2
SECONDS=0
failures=0
rm -f "$out"/*.log "$out"/*.json "$out"/*.md
: >"$out/items.md"
: >"$out/notes.md"

left() { echo $((limit - SECONDS)); }

# soon runs a command that should take a moment.
soon() {
	[ "$(left)" -gt 0 ] || return 125
	timeout -k 2 "$(($(left) < 30 ? $(left) : 30))" "$@"
}

# item NAME RESULT SECONDS WORDS is a line of the summary.
item() {
	printf '| %s | %s | %s | %s |\n' "$1" "$2" "$3" "$(printf '%s' "$4" | tr '\n|' '  ' | cut -c1-200)" >>"$out/items.md"
	printf '%-8s %s (%s s) %s\n' "$2" "$1" "$3" "$4" | cut -c1-200
	case $2 in fail | timeout) failures=$((failures + 1)) ;; esac
}

# within SECONDS FILE COMMAND... runs a command, its output to FILE.json and FILE.log. It
# is not waited for longer, not even where it cannot be killed: a driver may hang.
within() {
	local most=$1 file=$2 end pid
	shift 2
	[ "$most" -lt "$(left)" ] || most=$(left)
	[ "$most" -gt 0 ] || return 125
	timeout -k 2 "$most" "$@" >"$out/$file.json" 2>"$out/$file.log" </dev/null &
	pid=$!
	end=$((SECONDS + most + 4))
	while kill -0 "$pid" 2>/dev/null; do
		[ "$SECONDS" -lt "$end" ] || return 124
		sleep 0.1
	done
	wait "$pid"
}

# step NAME SECONDS FILE COMMAND... does it, and records what came of it. What a command
# that succeeds has to say is the summary's, as $said.
step() {
	local name=$1 most=$2 file=$3 begin=$SECONDS status
	shift 3
	within "$most" "$file" "$@"
	status=$?
	case $status in
	0) item "$name" pass $((SECONDS - begin)) "$(${said:-true} "$out/$file.json")" ;;
	125) item "$name" skip 0 "no time was left" ;;
	124 | 137) item "$name" timeout $((SECONDS - begin)) "$(${said:-true} "$out/$file.json") after $most s; $(tail -n 1 "$out/$file.log")" ;;
	*) item "$name" fail $((SECONDS - begin)) "status $status: $(${said:-true} "$out/$file.json") $(tail -n 1 "$out/$file.log")" ;;
	esac
	return $status
}

# field KEY prints the values of a key, a line each, from lines of JSON.
field() { grep -o "\"$1\":[^,}]*" | cut -d: -f2- | tr -d '"'; }

# machine says what this is.
machine() {
	local driver
	driver=$(soon nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null | head -n 1)
	[ -n "$driver" ] || driver=$(sed -n 's/^NVRM version: *//p' /proc/driver/nvidia/version 2>/dev/null)
	echo "GPU: $(soon "$bin" devices 2>&1 | grep -A1 '^cuda' | tr -s ' \n' ' ' || true) (${driver:-no nvidia-smi})"
	echo "CPU: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -n 1), $(nproc 2>/dev/null) cores"
	echo "ssmc: $(soon "$bin" version 2>&1 | head -n 1); $(date -u +%F)"
}

# summary writes what is known so far. It is called at the end, and where the script is
# told to end.
summary() {
	trap - EXIT INT TERM
	{
		echo "### gpu-check: $([ "$failures" = 0 ] && echo pass || echo "$failures failed")"
		echo
		cat "$out/machine.txt" 2>/dev/null
		echo
		echo "| item | result | s | |"
		echo "|---|---|---|---|"
		cat "$out/items.md"
		cat "$out/notes.md"
		echo
		echo "$SECONDS s in all."
	} >"$out/summary.md"
	cat "$out/summary.md"
	exit $((failures > 0))
}
trap summary EXIT INT TERM

# 1. Is it right?
checks() {
	printf '%s ok, %s differ or fail, %s without kernel; worst gap %s' "$(grep -c '"result":"ok"' "$1")" \
		"$(grep -cE '"result":"(differs|failed)"' "$1")" "$(grep -c '"result":"no kernel"' "$1")" \
		"$(field gap <"$1" | sort -g | tail -n 1)"
}
correctness() {
	said=checks step "GPU against CPU, $1" "$2" "check-$1" "$bin" devices --check --precision "$1" --json
	grep -E '"result":"(differs|failed|no kernel)"' "$out/check-$1.json" 2>/dev/null | sed 's/^/    /' | cut -c1-300 >"$out/odd.txt"
	[ ! -s "$out/odd.txt" ] || { printf '\nNot equal, or not run, in %s:\n\n' "$1" && cat "$out/odd.txt"; } >>"$out/notes.md"
}

# 2. Does a fit learn as on the CPU? The bound of every epoch, side by side.
dks() { echo "q(z[t] | z[t-1], x[t:T]) with rnn=$1, dropout=0.1"; }
fit() {
	step "fit of $3 epochs, $1" "$2" "fit-$1" "$bin" fit polyphonic "$jsb" --device "$1" --seed 1 --set "train.epochs=$3" \
		--set train.validate.every=1 --set eval.nll=none --json --force --out "$out/run-$1"
}
bounds() { grep '"event":"validated"' "$1" 2>/dev/null | sed 's/.*"epoch":\([0-9]*\).*"bound":\([0-9.eE+-]*\).*"valid":\([0-9.eE+-]*\).*/\1 \2 \3/'; }
curves() {
	local worst
	fit cpu 60 10
	fit cuda 60 10
	bounds "$out/fit-cpu.json" >"$out/curve-cpu.txt"
	bounds "$out/fit-cuda.json" >"$out/curve-cuda.txt"
	if [ ! -s "$out/curve-cpu.txt" ] || [ ! -s "$out/curve-cuda.txt" ]; then
		item "curve of training, GPU on CPU" fail 0 "there are not both curves"
		return
	fi
	join "$out/curve-cpu.txt" "$out/curve-cuda.txt" >"$out/curves.txt"
	{
		printf '\nNegative bound, nats a frame, JSB with DKS, the same seed:\n\n| epoch | train, CPU | train, GPU | valid, CPU | valid, GPU |\n|---|---|---|---|---|\n'
		awk '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2, $4, $3, $5 }' "$out/curves.txt"
	} >>"$out/notes.md"
	worst=$(awk 'function abs(x) { return x < 0 ? -x : x } { d = abs($2-$4)/abs($2); if (d > w) w = d } END { printf "%.2g", w }' "$out/curves.txt")
	item "curve of training, GPU on CPU" "$(awk -v w="$worst" 'BEGIN { print w < 0.01 ? "pass" : "fail" }')" 0 \
		"largest difference $worst of the bound in $(wc -l <"$out/curves.txt") epochs (at most 0.01)"
}

# 3. What do its parts cost?
parts() {
	step "microbenchmarks" 60 parts "$bin" devices --bench --precision fp32,tf32
	printf '\n%s\n' "$(sed 's/^/    /' "$out/parts.json")" >>"$out/notes.md"
}

# 4. How fast is the paper's model? Operations are counted by the CPU's run.
timing() { printf '%s ms an update' "$(field update_ms <"$1")"; }
bench() {
	local cell=$1 batch=$2 device=$3 precision=$4 most=$5 seconds=$6 file row
	file=bench-$1-$2-$3-$4
	file=${file//[()]/}
	said=timing step "speed, $cell, batch=$batch, $device $precision" "$most" "$file" "$bin" bench polyphonic "$jsb" \
		--guide "$(dks "$cell")" --set "train.batch=$batch" --seconds "$seconds" --device "$device" --precision "$precision" --json
	row=$(field update_ms <"$out/$file.json" 2>/dev/null)
	[ -n "$row" ] || return
	[ "$device" = cuda ] || flop=$(field gflop_per_update <"$out/$file.json")
	printf '| %s | %s | %s | %s | %s | %s | %s |\n' "$cell" "$batch" "$device $precision" "$row" "$(field epoch_seconds <"$out/$file.json")" \
		"$(field frames_per_second <"$out/$file.json")" \
		"$(awk -v f="${flop:-0}" -v ms="$row" 'BEGIN { printf "%.1f", f / ms * 1000 }')" >>"$out/speed.txt"
}
speeds() {
	local cell batch precision flop=
	: >"$out/speed.txt"
	for cell in 'lstm(600)' 'rnn(600)'; do
		for batch in 20 256; do
			flop=
			bench "$cell" "$batch" cpu fp32 15 1
			for precision in fp32 tf32 bf16; do bench "$cell" "$batch" cuda "$precision" 25 2; done
		done
	done
	{
		printf '\nspeed, JSB (229 sequences) with DKS:\n\n| rnn | batch | device | ms an update | s an epoch | frames a second | GFLOP/s |\n|---|---|---|---|---|---|---|\n'
		cat "$out/speed.txt"
	} >>"$out/notes.md"
}

# 5. How fast are peers? Programs that know --device are told cuda.
peer() {
	local file=$1 name device=()
	name=$(basename "$file" .py)
	if soon python3 "$file" --help 2>/dev/null | grep -q -- --device; then
		device=(--device cuda)
	elif [ "$(left)" -lt 90 ]; then
		item "peer $name" skip 0 "it runs on the CPU alone, and little time is left"
		return
	fi
	if soon python3 "$file" --help 2>/dev/null | grep -q -- --order; then
		device+=(--order sorted) # batches of like length, as the model's
	fi
	said="tail -n 1" step "peer $name, ${device[1]:-cpu} (lstm(600), batch=20)" 60 "peer-$name" \
		python3 "$file" --data "$jsb" --cell lstm --epochs 3 "${device[@]}"
}
compare() {
	local module file found=
	if [ -z "$peers" ] || [ ! -d "$peers" ]; then
		item "peers" skip 0 "no folder of peers was given"
		return
	fi
	for module in torch jax numpyro; do
		if ! soon python3 -c "import $module" >/dev/null 2>&1; then
			item "peer $module" skip 0 "python3 has no $module"
			continue
		fi
		found=
		for file in "$peers/$module"*_dmm.py; do
			[ -f "$file" ] || continue
			found=1
			peer "$file"
		done
		[ -n "$found" ] || item "peer $module" skip 0 "there is no ${module}_dmm.py in $peers"
	done
}

# 6. The paper's 2000 epochs, if there is time; else what they would take.
whole() {
	local each need
	each=$(field epoch_seconds <"$out/bench-lstm600-20-cuda-fp32.json" 2>/dev/null)
	if [ -z "$each" ]; then
		item "2000 epochs of JSB" skip 0 "there is no time of an epoch to go by"
		return
	fi
	need=$(awk -v e="$each" 'BEGIN { printf "%d", 2000 * e + 1 }')
	if [ $((need * 5 / 4 + 20)) -gt "$(left)" ]; then
		item "2000 epochs of JSB" skip 0 "extrapolated, not run: $need s without validation, at $each s an epoch (fp32)"
		return
	fi
	step "2000 epochs of JSB, cuda fp32" "$(left)" whole "$bin" fit polyphonic "$jsb" --device cuda --seed 1 \
		--set eval.nll=none --json --force --out "$out/run-whole"
}

machine >"$out/machine.txt" 2>&1
cat "$out/machine.txt"
correctness fp32 120
parts
correctness tf32 60
curves
speeds
correctness bf16 40
compare
whole
