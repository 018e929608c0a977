/** Weighted sums over windows of rows and columns: what resizing and blurring are made of. */
import type { Pixels } from "../image-batch.js";
import { sumColumns, sumRows } from "./plain-kernels.js";
import { simdKernels } from "./simd-kernels.js";
import type { Windows } from "./windows.js";

export interface Resampling {
  /** Of the source, in pixels. */
  readonly width: number;
  readonly channels: number;
  /** Of the source's rows, one window for each row of the result. */
  readonly rows: Windows;
  readonly columns: Windows;
}

/**
 * Rows first, then columns, in float32; bytes are rounded to the nearest once, at the end.
 * @param source [height, width, channels] of one picture.
 * @param target of the same type, [rows' windows, columns' windows, channels].
 */
export function resample(
  source: Pixels,
  target: Pixels,
  { width, channels, rows, columns }: Resampling,
): void {
  const kernels = simdKernels(channels);
  const isDone =
    source instanceof Uint8Array &&
    target instanceof Uint8Array &&
    kernels?.resample(source, target, { width, channels, rows, columns });
  if (isDone) return;
  const height = rows.starts.length;
  const summed = new Float32Array(height * width * channels);
  sumRows(source, summed, { columns: width * channels, windows: rows });
  sumColumns(summed, target, { rows: height, width, channels, windows: columns });
}
