/** Decoded pictures kept in memory that all threads share, so that only the first epoch decodes. */
import type { DecodedCache, PixelSource } from "./pixel-source.js";

/** Of one split. A set that needs more is decoded anew in every epoch. */
const MOST_CACHE_BYTES = 2 ** 30;

/** Every picture has its place, whether it is asked for or not: addresses, of which a process has more than memory. */
const MOST_ADDRESSES = 2 ** 32;

/**
 * @param uses how many of the pictures are asked for.
 * @returns null if these would need more than the bound.
 */
export function createDecodedCache(count: number, imageBytes: number, uses = count): DecodedCache | null {
  if (uses * imageBytes > MOST_CACHE_BYTES || count * imageBytes > MOST_ADDRESSES) return null;
  try {
    // Fresh shared memory is zero pages of the system: it costs nothing until pictures are written to it.
    return { pixels: new SharedArrayBuffer(count * imageBytes), filled: new SharedArrayBuffer(count) };
  } catch (error) {
    // A system may refuse addresses, too.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The same pictures, of which no more than so many are asked for: where all were too many for memory, these may not be. */
export function narrowSource(source: PixelSource, uses: number): PixelSource {
  if (source.kind === "memory" || uses >= source.locations.length) return source;
  const { locations, size, channels } = source;
  const cache = size && createDecodedCache(locations.length, size[0] * size[1] * channels, uses);
  return { ...source, uses, cache };
}
