/** Which source pixels make which output pixel when a picture is resized, and how much each counts. */

/** The source pixels `starts[t]` … `ends[t] - 1` make output pixel t; their weights, one window's after the other's, sum to 1. */
export interface Windows {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly weights: Float32Array;
}

/** Half-pixel centres, and a triangle as wide as the scale when shrinking. */
export function triangleWindows(from: number, to: number): Windows {
  const scale = from / to;
  const radius = Math.max(scale, 1);
  const starts = new Int32Array(to);
  const ends = new Int32Array(to);
  const weights = new Float32Array(to * (Math.ceil(2 * radius) + 1));
  let total = 0;
  for (let t = 0; t < to; t++) {
    const center = (t + 0.5) * scale;
    const start = Math.max(0, Math.floor(center - radius + 0.5));
    const end = Math.min(from, Math.floor(center + radius + 0.5));
    let sum = 0;
    for (let at = start; at < end; at++) sum += weightAt(at, center, radius);
    for (let at = start; at < end; at++) weights[total++] = weightAt(at, center, radius) / sum;
    starts[t] = start;
    ends[t] = end;
  }
  return { starts, ends, weights: weights.subarray(0, total) };
}

const weightAt = (at: number, center: number, radius: number): number =>
  Math.max(0, 1 - Math.abs(at + 0.5 - center) / radius);
