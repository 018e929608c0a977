/** The filters that corruptions share, in float32: smoothing, trails of motion, zooming, drawing anew from other places. */
import { roundHalfToEven } from "../geometry/warp.js";
import type { Picture } from "./picture.js";

/**
 * What is seen beyond an edge: its last pixel (`nearest`); the picture mirrored without repeating that pixel (`mirror`,
 * OpenCV's BORDER_REFLECT_101), or repeating it (`reflect`, SciPy's word).
 */
export type Edge = "nearest" | "mirror" | "reflect";

/** Where a place, whole and anywhere, lies in the picture. */
export function placeWithin(at: number, length: number, edge: Edge): number {
  if (at >= 0 && at < length) return at;
  if (edge === "nearest" || length === 1) return at < 0 ? 0 : length - 1;
  const period = edge === "mirror" ? 2 * (length - 1) : 2 * length;
  const inPeriod = ((at % period) + period) % period;
  if (inPeriod < length) return inPeriod;
  return edge === "mirror" ? period - inPeriod : period - 1 - inPeriod;
}

/** Of 2·radius + 1 places, e^(−x²/2σ²), with the sum 1. A σ of 0 leaves the middle alone. */
export function gaussianKernel(radius: number, sigma: number): Float64Array {
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    i === radius ? 1 : Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** As far as SciPy's `gaussian_filter` goes, by `truncate` standard deviations. */
export function scipyKernel(sigma: number, truncate = 4): Float64Array {
  return gaussianKernel(Math.floor(truncate * sigma + 0.5), sigma);
}

/** The kernel along rows and along columns. @param kernel of odd length. */
export function smooth(
  { values, height, width, channels }: Picture,
  kernel: Float64Array,
  edge: Edge,
): Float32Array {
  if (kernel.length === 1) return values.slice();
  const half = (kernel.length - 1) / 2;
  const row = width * channels;
  const down = new Float32Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < kernel.length; k++) {
      const from = placeWithin(y + k - half, height, edge) * row;
      const weight = kernel[k] as number;
      for (let i = 0, to = y * row; i < row; i++) {
        down[to + i] = (down[to + i] as number) + weight * (values[from + i] as number);
      }
    }
  }
  const across = new Float32Array(values.length);
  const columns = Int32Array.from({ length: width + 2 * half }, (_, i) => placeWithin(i - half, width, edge));
  for (let x = 0; x < width; x++) {
    for (let k = 0; k < kernel.length; k++) {
      const from = (columns[x + k] as number) * channels;
      const weight = kernel[k] as number;
      for (let y = 0; y < height; y++) {
        for (let c = 0, to = y * row + x * channels; c < channels; c++) {
          across[to + c] = (across[to + c] as number) + weight * (down[y * row + from + c] as number);
        }
      }
    }
  }
  return across;
}

export interface Trail {
  /** Pixels that it reaches. */
  readonly radius: number;
  readonly sigma: number;
  /** Degrees, clockwise from the right. */
  readonly angle: number;
}

/**
 * Every pixel's own light and that of the pixels on a line to one side of it, less the farther they are: ImageMagick's
 * `MotionBlurImage` (https://github.com/ImageMagick/ImageMagick/blob/main/MagickCore/effect.c), whose kernel is half a Gaussian
 * of 2·⌈radius⌉ + 1 places, and whose line goes through whole pixels.
 */
export function blurAlong(
  { values, height, width, channels }: Picture,
  { radius, sigma, angle }: Trail,
): Float32Array {
  const taps = 2 * Math.ceil(radius) + 1;
  const weights = Float64Array.from({ length: taps }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const turn = (angle * Math.PI) / 180;
  const blurred = new Float32Array(values.length);
  const columns = new Int32Array(width);
  for (let i = 0; i < taps; i++) {
    const weight = (weights[i] as number) / sum;
    const [right, below] = [Math.cos(turn), Math.sin(turn)].map((step) => Math.ceil(i * step - 0.5)) as [
      number,
      number,
    ];
    for (let x = 0; x < width; x++) columns[x] = placeWithin(x + right, width, "nearest") * channels;
    for (let y = 0, to = 0; y < height; y++) {
      const row = placeWithin(y + below, height, "nearest") * width * channels;
      for (let x = 0; x < width; x++) {
        for (let c = 0, from = row + (columns[x] as number); c < channels; c++, to++) {
          blurred[to] = (blurred[to] as number) + weight * (values[from + c] as number);
        }
      }
    }
  }
  return blurred;
}

/** Which two source places make an output place, and how much the second counts. */
interface Steps {
  readonly from: Int32Array;
  readonly next: Int32Array;
  readonly share: Float32Array;
}

/**
 * The middle ⌈length / factor⌉ places enlarged by the factor as SciPy's `zoom` of order 1 does it, the first and the last place
 * staying the first and the last, and the middle of that.
 */
function zoomSteps(length: number, factor: number): Steps {
  const kept = Math.ceil(length / factor);
  const start = Math.floor((length - kept) / 2);
  const enlarged = roundHalfToEven(kept * factor);
  const trimmed = Math.floor((enlarged - length) / 2);
  const scale = enlarged > 1 ? (kept - 1) / (enlarged - 1) : 0;
  const places = Float64Array.from({ length }, (_, i) => (i + trimmed) * scale);
  const from = Int32Array.from(places, (place) => start + Math.min(Math.floor(place), kept - 1));
  return {
    from,
    next: from.map((at) => Math.min(at + 1, start + kept - 1)),
    share: Float32Array.from(places, (place) => place - Math.floor(place)),
  };
}

/** The middle of a picture, enlarged to the picture's size. @param factor from 1 up. */
export function zoomed({ values, height, width, channels }: Picture, factor: number): Float32Array {
  const [rows, columns] = [zoomSteps(height, factor), zoomSteps(width, factor)];
  const row = width * channels;
  const tall = new Float32Array(values.length);
  for (let y = 0, to = 0; y < height; y++) {
    const [from, next] = [(rows.from[y] as number) * row, (rows.next[y] as number) * row];
    const share = rows.share[y] as number;
    for (let i = 0; i < row; i++, to++) {
      const upper = values[from + i] as number;
      tall[to] = upper + share * ((values[next + i] as number) - upper);
    }
  }
  const wide = new Float32Array(values.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * row + (columns.from[x] as number) * channels;
      const next = y * row + (columns.next[x] as number) * channels;
      const share = columns.share[x] as number;
      for (let c = 0; c < channels; c++, to++) {
        const left = tall[from + c] as number;
        wide[to] = left + share * ((tall[next + c] as number) - left);
      }
    }
  }
  return wide;
}

/**
 * Draws a picture anew, bilinearly.
 * @param placeOf where a pixel comes from: [y, x], in pixels from the middle of the first one.
 */
export function redrawn(
  { values, height, width, channels }: Picture,
  edge: Edge,
  placeOf: (y: number, x: number) => readonly [y: number, x: number],
): Float32Array {
  const drawn = new Float32Array(values.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [fromY, fromX] = placeOf(y, x);
      const [top, left] = [Math.floor(fromY), Math.floor(fromX)];
      const [below, right] = [fromY - top, fromX - left];
      const [row, nextRow] = [
        placeWithin(top, height, edge) * width,
        placeWithin(top + 1, height, edge) * width,
      ];
      const [column, nextColumn] = [placeWithin(left, width, edge), placeWithin(left + 1, width, edge)];
      for (let c = 0; c < channels; c++, to++) {
        const first = values[(row + column) * channels + c] as number;
        const third = values[(nextRow + column) * channels + c] as number;
        const upper = first + right * ((values[(row + nextColumn) * channels + c] as number) - first);
        const lower = third + right * ((values[(nextRow + nextColumn) * channels + c] as number) - third);
        drawn[to] = upper + below * (lower - upper);
      }
    }
  }
  return drawn;
}
