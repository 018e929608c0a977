#!/bin/sh
# Measures a GPU in eight minutes at most: sh run.sh OUT [CIFAR-10's folder], beside what bundle-gpu-bench.mjs packed. convkit, tfjs's
# own backend and PyTorch take their turns and go on without each other; OUT/table.md has all of them. Exit code: convkit's.
# OPTIONS: of gpu-bench, such as "--batches 128". VK_DRIVER_FILES and CONVKIT_GPU, if set, are taken as they are.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?Expected a folder for the results. Received: none. Name one.}
data=${2:-}
mkdir -p "$out"
out=$(cd "$out" && pwd)
export CONVKIT_ENTRY=gpu-bench CONVKIT_RUNTIME="${CONVKIT_RUNTIME:-/tmp/convkit-runtime}"

{
  date
  uname -a
  ls -l /dev/nvidia* /dev/dri 2>&1
  timeout 20 nvidia-smi 2>&1
} >"$out/machine.log" 2>&1

# shellcheck disable=SC2086 -- several options
timeout -k 5 255 sh "$here/convkit" --json "$out/convkit.json" --total-seconds 235 ${data:+--data "$data"} ${OPTIONS:-} \
  >"$out/convkit.md" 2>"$out/convkit.log"
code=$?
# shellcheck disable=SC2086
timeout -k 5 60 sh "$here/convkit" --backend stock --json "$out/stock.json" --total-seconds 45 --seconds 0.2 ${OPTIONS:-} \
  >"$out/stock.md" 2>"$out/stock.log"
# shellcheck disable=SC2086
timeout -k 5 90 python3 "$here/pytorch-gpu.py" --json "$out/pytorch.json" --total-seconds 75 --seconds 0.3 ${PYTORCH_OPTIONS:-} \
  >"$out/pytorch.md" 2>"$out/pytorch.log"
sh "$here/convkit" --table "$out" | tee "$out/table.md"
exit "$code"
