#!/usr/bin/env bash
# Copyright the StreamRank authors
# SPDX-License-Identifier: Apache-2.0
#
# Measures everything that a GPU changes, in some ten minutes, and leaves reports in a folder:
#   measure.sh [--cpu] [--model URI] [--peer-model DIR --python PYTHON] [--seconds N] REPORT
# Without --model it measures the built-in reranker. --cpu is a short form that runs on any machine. --seconds is the
# time of the longest part, 200 unless given; starts and peers come on top of it.
# STREAMRANK names the launcher, if it is not the one of this repository.
set -euo pipefail

root=$(cd "$(dirname "$0")/../../.." && pwd)
streamrank=${STREAMRANK:-$root/streamrank}
cpu='' model='' peer_model='' python=python3 seconds=200 report=''
usage() { sed -n '5,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --cpu) cpu=yes; shift ;;
    --model) model=${2:?}; shift 2 ;;
    --peer-model) peer_model=${2:?}; shift 2 ;;
    --python) python=${2:?}; shift 2 ;;
    --seconds) seconds=${2:?}; shift 2 ;;
    -*) usage ;;
    *) [ -z "$report" ] || usage; report=$1; shift ;;
  esac
done
[ -n "$report" ] || usage
mkdir -p "$report"

# Seconds of each part, and the batches of mixed sizes.
if [ -n "$cpu" ]; then main=40 short=20 rounds=2 batches=300; else main=$seconds short=$((seconds / 4)) rounds=5 batches=10000; fi
arguments=()
[ -z "$model" ] || arguments+=(--model "$model")
peers=()
if [ -n "$peer_model" ]; then
  for peer in predict packed; do
    peers+=(--peer "$peer=$python $root/deploy/benchmark/peers/gpu_peers.py $peer --pairs {pairs} --model $peer_model")
  done
fi

# Runs one part, which may fail or take too long without ending the rest.
part() {
  local name=$1 limit=$2
  shift 2
  echo "== $name: benchmark $*"
  timeout "$limit" "$streamrank" benchmark "$@" --report "$report/$name" 2> "$report/$name.err" | tee "$report/$name.txt" ||
    echo "== $name failed, see $report/$name.err"
}

{ lscpu; nvidia-smi || echo "no GPU"; } > "$report/machine.txt" 2>&1
sample() { while sleep 1; do nvidia-smi --query-gpu=timestamp,memory.used,utilization.gpu --format=csv,noheader; done; }
if command -v nvidia-smi > /dev/null; then
  sample > "$report/gpu.csv" &
  sampler=$!
  trap 'kill "$sampler" 2> /dev/null || true' EXIT
fi

# Limit, engine, padding, Kafka to Kafka, latencies, and memory over many batches, next to the peers.
part all $((4 * main)) "${arguments[@]}" --duration "$main" --rounds "$rounds" --mixed-batches "$batches" "${peers[@]}"
# Whether the host's cost for a pair depends on how many queries are under way.
for concurrent in 1 1000; do
  part "concurrent-$concurrent" $((8 * short)) "${arguments[@]}" --duration "$short" --rounds 2 --concurrent "$concurrent"
done
# What the host alone costs: an accelerator that computes nothing.
part host $((8 * short)) --model simulated:a=1.5ms,b=0.3us,runs=2 --duration "$short" --rounds 2
echo "== reports are in $report"
