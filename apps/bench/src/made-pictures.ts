/** Pictures that look like photos to what counts and compares their values: soft shapes, and the noise of a sensor. */
import type { Rng } from "@convkit/random";

/** Pixels between two places whose colour is drawn. */
const PATCH = 28;
const NOISE = 6;

/**
 * @param size [height, width] in pixels.
 * @returns uint8 [height, width, 3].
 */
export function madePicture(rng: Rng, [height, width]: readonly [number, number]): Uint8Array {
  const across = Math.ceil(width / PATCH) + 1;
  const colours = Float64Array.from({ length: (Math.ceil(height / PATCH) + 1) * across * 3 }, () =>
    Math.min(Math.max(128 + 70 * rng.normal(), 0), 255),
  );
  const pixels = new Uint8Array(height * width * 3);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, at++) {
        const first = (Math.floor(y / PATCH) * across + Math.floor(x / PATCH)) * 3 + c;
        const [right, below] = [(x % PATCH) / PATCH, (y % PATCH) / PATCH];
        const mixed = (from: number) => colours[from]! + right * (colours[from + 3]! - colours[from]!);
        const [upper, lower] = [mixed(first), mixed(first + 3 * across)];
        const value = upper + below * (lower - upper) + NOISE * rng.normal();
        pixels[at] = Math.min(Math.max(Math.round(value), 0), 255);
      }
    }
  }
  return pixels;
}
