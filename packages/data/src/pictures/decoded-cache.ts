/** Decoded pictures kept in memory that all threads share, so that only the first epoch decodes. */
import type { DecodedCache } from "./pixel-source.js";

/** Of one split. A set that needs more is decoded anew in every epoch. */
const MOST_CACHE_BYTES = 2 ** 30;

/** @returns null if the pictures would need more than the bound. */
export function createDecodedCache(count: number, imageBytes: number): DecodedCache | null {
  if (count * imageBytes > MOST_CACHE_BYTES) return null;
  // Fresh shared memory is zero pages of the system: it costs nothing until pictures are written to it.
  return { pixels: new SharedArrayBuffer(count * imageBytes), filled: new SharedArrayBuffer(count) };
}
