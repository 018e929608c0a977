/** The pictures of several splits of one data set in one source, so that they can be dealt out to splits anew. */
import { createDecodedCache } from "./decoded-cache.js";
import { hashesOf, planDiskCache } from "./disk-cache.js";
import type { FileSource, MemorySource, PixelSource } from "./pixel-source.js";
import { resizeSource } from "./resize-source.js";

/**
 * @param sources one at least; of one kind, and of one size and number of channels.
 * @returns the pictures of the first, then those of the next.
 */
export function joinSources(sources: readonly PixelSource[]): PixelSource {
  const [first, ...others] = sources as [PixelSource, ...PixelSource[]];
  if (others.length === 0) return first;
  return first.kind === "memory"
    ? joinMemory(first, sources as MemorySource[])
    : joinFiles(first, sources as FileSource[]);
}

function joinMemory(
  { height, width, channels, resizing }: MemorySource,
  sources: readonly MemorySource[],
): PixelSource {
  const totalBytes = sources.reduce((sum, { pixels }) => sum + pixels.byteLength, 0);
  const joined = new Uint8Array(new SharedArrayBuffer(totalBytes));
  let offset = 0;
  for (const { pixels } of sources) {
    joined.set(new Uint8Array(pixels), offset);
    offset += pixels.byteLength;
  }
  const source: MemorySource = { kind: "memory", pixels: joined.buffer, height, width, channels };
  return resizing === undefined ? source : resizeSource(source, resizing.size, resizing.fit);
}

function joinFiles({ channels, size, disk }: FileSource, sources: readonly FileSource[]): FileSource {
  const locations = sources.flatMap((source) => source.locations);
  return {
    kind: "files",
    locations,
    channels,
    size,
    cache: size && createDecodedCache(locations.length, size[0] * size[1] * channels),
    ...(disk && {
      disk: planDiskCache(
        sources.flatMap((source) => (source.disk ? hashesOf(source.disk) : [])),
        disk,
      ),
    }),
  };
}
