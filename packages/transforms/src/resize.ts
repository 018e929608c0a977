/**
 * Bilinear resizing with antialiasing, the filter of Pillow's `Image.resize(…, BILINEAR)` and of torchvision's
 * `Resize(antialias=True)`: half-pixel centres, and a triangle as wide as the scale when shrinking, so that every
 * source pixel counts. https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 * Differs from Pillow: float32 between the two passes and one rounding at the end, where Pillow rounds to bytes twice.
 */
import type { Image } from "./image.js";
import { allocateLike, checkPixels, type ImageBatchShape, type Pixels } from "./image-batch.js";

/** [height, width], or one number: the shorter edge, with the longer one in proportion, rounded down. */
export type ResizeSize = number | readonly [number, number];

export function resizedShape(shape: ImageBatchShape, size: ResizeSize): ImageBatchShape {
  if (typeof size !== "number") return { ...shape, height: size[0], width: size[1] };
  const { height, width } = shape;
  return height <= width
    ? { ...shape, height: size, width: Math.floor((size * width) / height) }
    : { ...shape, height: Math.floor((size * height) / width), width: size };
}

/**
 * @param images uint8 or float32 [count, height, width, channels]; uint8 results are rounded to the nearest.
 * @returns a new array of the same type, or `images` itself where nothing changes.
 * @throws {ShapeError} if images and shape do not fit.
 */
export function resize<P extends Pixels>(images: P, shape: ImageBatchShape, size: ResizeSize): P {
  checkPixels(images, shape);
  const target = resizedShape(shape, size);
  if (target.height === shape.height && target.width === shape.width) return images;
  const { count, height, width, channels } = shape;
  const narrowed = new Float32Array(count * height * target.width * channels);
  resampleColumns(images, narrowed, { rows: count * height, from: width, to: target.width, channels });
  const rowValues = target.width * channels;
  const resized = allocateLike(images, count * target.height * rowValues);
  resampleRows(narrowed, resized, { count, from: height, to: target.height, rowValues });
  return resized;
}

/** A rectangle of a picture, in pixels. */
export interface ImagePart {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Fills `target` with a part of a picture: nothing outside the part counts. */
export function resizePart({ pixels, width, channels }: Image, part: ImagePart, target: Image): void {
  const rowValues = part.width * channels;
  const cut = allocateLike(pixels, part.height * rowValues);
  for (let y = 0; y < part.height; y++) {
    const start = ((part.top + y) * width + part.left) * channels;
    cut.set(pixels.subarray(start, start + rowValues), y * rowValues);
  }
  const shape = { count: 1, height: part.height, width: part.width, channels };
  target.pixels.set(resize(cut, shape, [target.height, target.width]));
}

/** From [rows, from, channels] to [rows, to, channels]. */
function resampleColumns(
  source: Pixels,
  target: Float32Array,
  { rows, from, to, channels }: { rows: number; from: number; to: number; channels: number },
): void {
  const windows = triangleWindows(from, to);
  if (channels === 3) resampleColours(source, target, { rows, from, windows });
  else resampleChannels(source, target, { rows, from, channels, windows });
}

/** The usual case: one pass over a window's pixels instead of three. */
function resampleColours(
  source: Pixels,
  target: Float32Array,
  { rows, from, windows }: { rows: number; from: number; windows: Windows },
): void {
  const { starts, ends, weights } = windows;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const rowStart = row * from * 3;
    for (let t = 0, w = 0; t < starts.length; t++) {
      const end = rowStart + (ends[t] as number) * 3;
      let r = 0;
      let g = 0;
      let b = 0;
      for (let i = rowStart + (starts[t] as number) * 3; i < end; i += 3, w++) {
        const weight = weights[w] as number;
        r += weight * (source[i] as number);
        g += weight * (source[i + 1] as number);
        b += weight * (source[i + 2] as number);
      }
      target[at] = r;
      target[at + 1] = g;
      target[at + 2] = b;
      at += 3;
    }
  }
}

function resampleChannels(
  source: Pixels,
  target: Float32Array,
  { rows, from, channels, windows }: { rows: number; from: number; channels: number; windows: Windows },
): void {
  const { starts, ends, weights } = windows;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    const rowStart = row * from * channels;
    for (let t = 0, first = 0; t < starts.length; t++) {
      const start = rowStart + (starts[t] as number) * channels;
      const end = rowStart + (ends[t] as number) * channels;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = start + c, w = first; i < end; i += channels, w++) {
          sum += (weights[w] as number) * (source[i] as number);
        }
        target[at++] = sum;
      }
      first += (ends[t] as number) - (starts[t] as number);
    }
  }
}

/**
 * From [count, from, rowValues] to [count, to, rowValues]; whole rows at a time, in the order in which they lie. Two rows
 * at once, added one after the other: half the passes over the sums, and the same values.
 */
function resampleRows(
  source: Float32Array,
  target: Pixels,
  { count, from, to, rowValues }: { count: number; from: number; to: number; rowValues: number },
): void {
  const { starts, ends, weights } = triangleWindows(from, to);
  const rounds = target instanceof Uint8Array;
  const sums = new Float64Array(rowValues);
  let at = 0;
  for (let image = 0; image < count; image++) {
    for (let t = 0, w = 0; t < to; t++) {
      sums.fill(0);
      let row = image * from + (starts[t] as number);
      const end = image * from + (ends[t] as number);
      for (; row + 1 < end; row += 2, w += 2) {
        const first = row * rowValues;
        const second = first + rowValues;
        const [weight, next] = [weights[w] as number, weights[w + 1] as number];
        for (let i = 0; i < rowValues; i++) {
          sums[i] =
            (sums[i] as number) +
            weight * (source[first + i] as number) +
            next * (source[second + i] as number);
        }
      }
      if (row < end) {
        const first = row * rowValues;
        const weight = weights[w++] as number;
        for (let i = 0; i < rowValues; i++) sums[i]! += weight * (source[first + i] as number);
      }
      if (rounds) for (let i = 0; i < rowValues; i++) target[at + i] = (sums[i] as number) + 0.5;
      else for (let i = 0; i < rowValues; i++) target[at + i] = sums[i] as number;
      at += rowValues;
    }
  }
}

/** The source pixels `starts[t]` … `ends[t] - 1` make output pixel t; their weights, one window's after the other's, sum to 1. */
interface Windows {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly weights: Float64Array;
}

function triangleWindows(from: number, to: number): Windows {
  const scale = from / to;
  const radius = Math.max(scale, 1);
  const starts = new Int32Array(to);
  const ends = new Int32Array(to);
  const weights: number[] = [];
  for (let t = 0; t < to; t++) {
    const center = (t + 0.5) * scale;
    const start = (starts[t] = Math.max(0, Math.floor(center - radius + 0.5)));
    const end = (ends[t] = Math.min(from, Math.floor(center + radius + 0.5)));
    const window = Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs(start + k + 0.5 - center) / radius),
    );
    const sum = window.reduce((total, weight) => total + weight, 0);
    for (const weight of window) weights.push(weight / sum);
  }
  return { starts, ends, weights: Float64Array.from(weights) };
}
