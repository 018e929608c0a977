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
  resampleAxis(images, narrowed, { outer: count * height, from: width, to: target.width, inner: channels });
  const rowValues = target.width * channels;
  const resized = allocateLike(images, count * target.height * rowValues);
  resampleAxis(narrowed, resized, { outer: count, from: height, to: target.height, inner: rowValues });
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

/** The arrays are [outer, from, inner] and [outer, to, inner]. */
interface Axis {
  readonly outer: number;
  readonly from: number;
  readonly to: number;
  readonly inner: number;
}

function resampleAxis(source: Pixels, target: Pixels, { outer, from, to, inner }: Axis): void {
  const windows = triangleWindows(from, to);
  const rounds = target instanceof Uint8Array;
  for (let o = 0; o < outer; o++) {
    for (let t = 0; t < to; t++) {
      const { start, weights } = windows[t] as Window;
      const sourceStart = (o * from + start) * inner;
      const targetStart = (o * to + t) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) {
          sum += (weights[k] as number) * (source[sourceStart + k * inner + i] as number);
        }
        target[targetStart + i] = rounds ? Math.round(sum) : sum;
      }
    }
  }
}

/** The source pixels that make one output pixel; weights sum to 1. */
interface Window {
  readonly start: number;
  readonly weights: Float64Array;
}

function triangleWindows(from: number, to: number): Window[] {
  const scale = from / to;
  const radius = Math.max(scale, 1);
  return Array.from({ length: to }, (_, t) => {
    const center = (t + 0.5) * scale;
    const start = Math.max(0, Math.floor(center - radius + 0.5));
    const end = Math.min(from, Math.floor(center + radius + 0.5));
    const weights = new Float64Array(end - start);
    for (let k = 0; k < weights.length; k++) {
      weights[k] = Math.max(0, 1 - Math.abs(start + k + 0.5 - center) / radius);
    }
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { start, weights: weights.map((weight) => weight / sum) };
  });
}
