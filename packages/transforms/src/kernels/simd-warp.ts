/** Pictures of bytes drawn anew from other places of themselves, in WebAssembly. */
import type { Projection } from "../geometry/warp.js";
import type { Image } from "../image.js";
import { Room, simdMemory } from "./simd-memory.js";

/**
 * `warp` of a picture of bytes.
 * @param background of each channel, 0…255.
 * @returns false where there is no kernel for such a picture: then nothing was done.
 */
export function warpBytes(
  { pixels, height, width, channels }: Image,
  { a, b, c, d, e, f, g, h }: Projection,
  { isNearest, background }: { isNearest: boolean; background: readonly number[] },
): boolean {
  const memory = pixels instanceof Uint8Array ? simdMemory(channels) : null;
  if (memory === null) return false;
  const room = new Room();
  const [source, target] = [room.take(pixels.length), room.take(pixels.length)];
  const [projectionAt, backgroundAt] = [room.take(64), room.take(8 * channels)];
  if (!memory.reserve(room.bytes)) return false;
  memory.bytes.set(pixels, source);
  new Float64Array(memory.bytes.buffer, projectionAt, 8).set([a, b, c, d, e, f, g, h]);
  new Float64Array(memory.bytes.buffer, backgroundAt, channels).set(background);
  const colour = background.reduce((sum, value, channel) => sum + Math.trunc(value) * 256 ** channel, 0);
  if (isNearest) {
    memory.exports.warpNearest(source, target, height, width, channels, projectionAt, colour);
  } else {
    memory.exports.warpBilinear(source, target, height, width, channels, projectionAt, backgroundAt, colour);
  }
  pixels.set(memory.bytes.subarray(target, target + pixels.length));
  return true;
}
