/** Plasma: clouds by the diamond-square algorithm (Fournier, Fussell & Carpenter 1982, https://doi.org/10.1145/358523.358553). */
import { uniformBetween, type Picture } from "./picture.js";
import type { Rng } from "@convkit/random";

/** Of what is added to the first means, in the units of the published code; the result is scaled to 0…1. */
const FIRST_WIBBLE = 100;

/**
 * @param decay by which each finer step wibbles less: 3 is smooth, below 2 is rough.
 * @returns float32 [height, width] of 0…1, cut out of a square of the next power of two, whose edges meet.
 */
export function plasma({ height, width }: Omit<Picture, "values">, decay: number, rng: Rng): Float32Array {
  const side = 2 ** Math.ceil(Math.log2(Math.max(2, height, width)));
  const map = new Float64Array(side * side);
  const at = (y: number, x: number): number => map[(y & (side - 1)) * side + (x & (side - 1))] as number;
  let wibble = FIRST_WIBBLE;
  const wibbled = (sum: number): number => sum / 4 + wibble * uniformBetween(rng, -wibble, wibble);
  for (let step = side; step >= 2; step /= 2, wibble /= decay) {
    const half = step / 2;
    for (let y = half; y < side; y += step) {
      for (let x = half; x < side; x += step) {
        const corners =
          at(y - half, x - half) + at(y - half, x + half) + at(y + half, x - half) + at(y + half, x + half);
        map[y * side + x] = wibbled(corners);
      }
    }
    for (let y = 0; y < side; y += half) {
      for (let x = y % step === 0 ? half : 0; x < side; x += step) {
        map[y * side + x] = wibbled(at(y - half, x) + at(y + half, x) + at(y, x - half) + at(y, x + half));
      }
    }
  }
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of map) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  const cut = new Float32Array(height * width);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) cut[to] = (at(y, x) - lowest) / (highest - lowest);
  }
  return cut;
}
