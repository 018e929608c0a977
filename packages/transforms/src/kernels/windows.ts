/** Which source pixels make which output pixel when a picture is resized, and how much each counts. */

/** The source pixels `starts[t]` … `ends[t] - 1` make output pixel t; their weights, one window's after the other's, sum to 1. */
export interface Windows {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly weights: Float32Array;
}

/**
 * Half-pixel centres, and a triangle as wide as the scale when shrinking.
 * @param span of the source that is shown, whole pixels or not; where the triangle reaches beyond it, those pixels count, too.
 */
export function triangleWindows(
  from: number,
  to: number,
  { start: first, length }: { readonly start: number; readonly length: number } = { start: 0, length: from },
): Windows {
  const scale = length / to;
  const radius = Math.max(scale, 1);
  const starts = new Int32Array(to);
  const ends = new Int32Array(to);
  const weights = new Float32Array(to * (Math.ceil(2 * radius) + 1));
  // Of one window, before they are divided by their sum.
  const shares = new Float64Array(Math.ceil(2 * radius) + 1);
  let total = 0;
  for (let t = 0; t < to; t++) {
    const center = first + (t + 0.5) * scale;
    const start = Math.max(0, Math.floor(center - radius + 0.5));
    const end = Math.min(from, Math.floor(center + radius + 0.5));
    let sum = 0;
    for (let at = start; at < end; at++) {
      const share = Math.max(0, 1 - Math.abs(at + 0.5 - center) / radius);
      shares[at - start] = share;
      sum += share;
    }
    for (let i = 0; i < end - start; i++) weights[total++] = (shares[i] as number) / sum;
    starts[t] = start;
    ends[t] = end;
  }
  return { starts, ends, weights: weights.subarray(0, total) };
}

/** The same windows of a source that begins so many pixels later. */
export function shiftWindows({ starts, ends, weights }: Windows, by: number): Windows {
  if (by === 0) return { starts, ends, weights };
  return { starts: starts.map((start) => start + by), ends: ends.map((end) => end + by), weights };
}
