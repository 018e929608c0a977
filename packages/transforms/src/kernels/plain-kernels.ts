/**
 * The inner loops over pixels in JavaScript: for float32 pictures, for numbers of channels that are rare, and where there
 * is no WebAssembly with SIMD. All arithmetic is float32, term after term, as in assembly/pixel-kernels.ts: the results
 * are the same to the bit.
 */
import type { Pixels } from "../image-batch.js";
import type { Windows } from "./windows.js";

const { fround } = Math;

/**
 * target[t] = Σ weight · source[row] over the rows of window t, from the first on.
 * @param source [rows, columns].
 * @param target float32 [starts.length, columns].
 */
export function sumRows(
  source: Pixels,
  target: Float32Array,
  { columns, windows }: { columns: number; windows: Windows },
): void {
  const { starts, ends, weights } = windows;
  let w = 0;
  for (let t = 0; t < starts.length; t++) {
    const sums = target.subarray(t * columns, (t + 1) * columns);
    sums.fill(0);
    for (let row = starts[t] as number; row < (ends[t] as number); row++) {
      const weight = weights[w++] as number;
      const first = row * columns;
      for (let i = 0; i < columns; i++) {
        sums[i] = (sums[i] as number) + fround(weight * (source[first + i] as number));
      }
    }
  }
}

/**
 * target[row][t] = Σ weight · source[row][column] over the columns of window t, from the first on, each channel by itself.
 * @param source float32 [rows, width, channels].
 * @param target [rows, starts.length, channels]; bytes are rounded to the nearest.
 */
export function sumColumns(
  source: Float32Array,
  target: Pixels,
  { rows, width, channels, windows }: { rows: number; width: number; channels: number; windows: Windows },
): void {
  const { starts, ends, weights } = windows;
  const rounding = target instanceof Uint8Array ? 0.5 : 0;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const rowStart = row * width * channels;
    for (let t = 0, first = 0; t < starts.length; t++) {
      const start = rowStart + (starts[t] as number) * channels;
      const end = rowStart + (ends[t] as number) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = start + c, w = first; i < end; i += channels, w++) {
          sum = fround(sum + fround((weights[w] as number) * (source[i] as number)));
        }
        target[at++] = fround(sum + rounding);
      }
      first += (ends[t] as number) - (starts[t] as number);
    }
  }
}
