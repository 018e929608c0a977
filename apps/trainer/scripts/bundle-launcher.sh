#!/bin/sh
# Starts convkit on a machine with a GPU's driver and nothing else. Where there is no /bin/sh: FOLDER/busybox sh FOLDER/convkit …
# Unpacks itself once, into CONVKIT_RUNTIME, else into ~/.cache/convkit. Every command is BusyBox's: the machine may have none.
set -eu
self=$0
if [ -L "$self" ]; then self=$(readlink -f "$self"); fi
case $self in */*) here=${self%/*} ;; *) here=. ;; esac
here=$(cd "${here:-/}" && pwd)
busybox=$here/busybox

# Node asks for it, and a machine with nothing on it has no users to look it up by.
export HOME="${HOME:-/tmp}"
runtime=${CONVKIT_RUNTIME:-${XDG_CACHE_HOME:-$HOME/.cache}/convkit}/bundle-@ID@
if [ ! -d "$runtime" ]; then
  fresh=$runtime.$$
  trap '"$busybox" rm -rf "$fresh"' EXIT
  # Whoever else unpacks it at the same time may be first.
  if ! "$busybox" mkdir -p "$fresh" || ! "$busybox" tar -xJf "$here/runtime.tar.xz" -C "$fresh" ||
    { ! "$busybox" mv -T "$fresh" "$runtime" 2>/dev/null && [ ! -d "$runtime" ]; }; then
    echo "Expected to unpack convkit into $runtime, which takes 150 MB. Received: the error above." \
      "Let CONVKIT_RUNTIME name a folder with room for it." >&2
    exit 1
  fi
  "$busybox" rm -rf "$fresh"
  trap - EXIT
fi
export CONVKIT_LIBRARIES="$runtime/libraries"

# NVIDIA's driver, as it is mounted into containers.
for folder in /usr/local/nvidia/lib64 /usr/local/nvidia/lib; do
  if [ -d "$folder" ]; then export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder"; fi
done

# Dawn asks for more of a machine than Node does.
starts() {
  "$1" -e 'process.dlopen({ exports: {} }, process.argv[1])' \
    "$runtime/app/node_modules/webgpu/dist/linux-x64/dawn.node" >/dev/null 2>&1
}
node=$runtime/node
if ! starts "$node"; then
  # Its libraries first: a driver is made for them.
  export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$runtime/cxx"
  if ! starts "$node"; then
    # No glibc, or too old a one. Node starts its own processes by CONVKIT_NODE then.
    node=$runtime/node-with-glibc
    if [ ! -e "$node" ]; then
      shell=/bin/sh
      if [ ! -x "$shell" ]; then shell="$runtime/busybox sh"; fi
      printf '#!%s\nexec "%s/glibc/ld-linux-x86-64.so.2" --library-path "%s/glibc:$LD_LIBRARY_PATH" "%s/node" "$@"\n' \
        "$shell" "$runtime" "$runtime" "$runtime" >"$node.$$"
      "$busybox" chmod +x "$node.$$"
      "$busybox" mv "$node.$$" "$node"
    fi
    export CONVKIT_NODE="$node"
    if ! starts "$node"; then
      echo "Expected Node to start from $runtime. Received: $("$node" --version 2>&1 || true)." \
        "Where it lies on a disk that forbids programs, let CONVKIT_RUNTIME name a folder on another." >&2
      exit 1
    fi
  fi
fi
exec "$node" "$runtime/app/dist/${CONVKIT_ENTRY:-cli}.js" "$@"
