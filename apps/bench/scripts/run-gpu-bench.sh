#!/bin/sh
# Runs the WebGPU probe and PyTorch on a machine with nothing but a driver and Python: sh run.sh OUT [probe options].
# bundle-webgpu-probe.mjs puts it beside what it needs. Both go on without each other; the exit code is the probe's.
# VK_DRIVER_FILES, if set, is taken as it is. PROBE_PYTORCH: options of pytorch-gpu.py.
set -u
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?Expected a folder for the results. Received: none. Name one.}
shift
mkdir -p "$out"
out=$(cd "$out" && pwd)
runtime=$(mktemp -d /tmp/webgpu-probe.XXXXXX)
trap 'rm -rf "$runtime"' EXIT
tar -xJf "$here/runtime.tar.xz" -C "$runtime" 2>/dev/null ||
  python3 -m tarfile -e "$here/runtime.tar.xz" "$runtime" || exit 1
chmod +x "$runtime/node"

# The machine's own libraries first: a driver is made for them.
export PATH="$PATH:/usr/sbin:/sbin"
mkdir "$runtime/missing"
for library in "$runtime"/lib/*; do
  name=$(basename "$library")
  ldconfig -p 2>/dev/null | grep -q "[[:space:]]$name " || ln -s "$library" "$runtime/missing/$name"
done
probe_libraries=${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$runtime/missing
for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib; do
  [ -d "$folder" ] && probe_libraries=$probe_libraries:$folder
done

if [ -z "${VK_DRIVER_FILES:-}" ]; then
  for folder in /etc/vulkan/icd.d /usr/share/vulkan/icd.d /usr/local/share/vulkan/icd.d \
    /usr/local/nvidia/share/vulkan/icd.d /usr/local/nvidia/vulkan/icd.d /usr/lib/nvidia/vulkan/icd.d /opt/nvidia/vulkan/icd.d; do
    for file in "$folder"/*nvidia*.json; do
      [ -f "$file" ] && VK_DRIVER_FILES=$file && break 2
    done
  done
fi
[ -n "${VK_DRIVER_FILES:-}" ] && export VK_DRIVER_FILES

{
  date
  uname -a
  echo "VK_DRIVER_FILES=${VK_DRIVER_FILES:-}"
  cat "${VK_DRIVER_FILES:-/dev/null}"
  echo "libraries: $probe_libraries"
  echo "brought: $(ls "$runtime/missing" | tr '\n' ' ')"
  ls -l /dev/nvidia* /dev/dri /usr/local/nvidia 2>&1
  ldconfig -p | grep -iE 'vulkan|nvidia|libcuda'
  timeout 10 find / -xdev -name '*nvidia*icd*.json' -not -path '/proc/*' 2>/dev/null
  timeout 20 nvidia-smi 2>&1
} >"$out/machine.log" 2>&1

run_probe() {
  LD_LIBRARY_PATH=$probe_libraries timeout -k 5 150 "$runtime/node" "$runtime/probe.mjs" --json "$out/webgpu.json" "$@"
}
run_probe "$@" >"$out/webgpu.md" 2>"$out/webgpu.log"
code=$?
if grep -q '"adapter": null' "$out/webgpu.json" 2>/dev/null || [ ! -f "$out/webgpu.json" ]; then
  # Why there was no adapter, in the loader's own words.
  VK_LOADER_DEBUG=all run_probe --total-seconds 1 >/dev/null 2>"$out/vulkan-loader.log"
fi
cat "$out/webgpu.md"
echo "webgpu: exit code $code" | tee -a "$out/webgpu.log"

# shellcheck disable=SC2086 -- several options
timeout -k 5 90 python3 "$here/pytorch-gpu.py" --json "$out/pytorch.json" ${PROBE_PYTORCH:-} \
  >"$out/pytorch.md" 2>"$out/pytorch.log"
echo "pytorch: exit code $?" >>"$out/pytorch.log"
cat "$out/pytorch.md"
tail -n 1 "$out/pytorch.log"
exit "$code"
