/** Decoded and resized pictures kept in memory that all threads share, so that only the first epoch makes them. */
import { countOf, imageShapeOf, type DecodedCache, type PixelSource } from "./pixel-source.js";

/** Of one split. A set that needs more is decoded or resized anew in every epoch. */
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
  const count = countOf(source);
  if (uses >= count) return source;
  const shape = imageShapeOf(source);
  const makeCache = () => shape && createDecodedCache(count, shape[0] * shape[1] * shape[2], uses);
  if (source.kind === "files") return { ...source, uses, cache: makeCache() };
  // Pictures that are read as they lie there need none.
  const { resizing } = source;
  return { ...source, uses, ...(resizing && { resizing: { ...resizing, cache: makeCache() } }) };
}

/** @returns whether the picture was there: `target` then has it. */
export function takeKept(cache: DecodedCache | null, index: number, target: Uint8Array): boolean {
  if (cache === null || Atomics.load(new Uint8Array(cache.filled), index) === 0) return false;
  target.set(new Uint8Array(cache.pixels, index * target.length, target.length));
  return true;
}

export function keep(cache: DecodedCache | null, index: number, picture: Uint8Array): void {
  if (cache === null) return;
  // Two threads may do this at once; both write the same bytes.
  new Uint8Array(cache.pixels, index * picture.length, picture.length).set(picture);
  Atomics.store(new Uint8Array(cache.filled), index, 1);
}
