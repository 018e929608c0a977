/**
 * Bilinear resizing with antialiasing, the filter of Pillow's `Image.resize(…, BILINEAR)` and of torchvision's
 * `Resize(antialias=True)`: half-pixel centres, and a triangle as wide as the scale when shrinking, so that every
 * source pixel counts. https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 * Differs from Pillow: rows before columns, float32 between the two and one rounding at the end, where Pillow rounds to
 * bytes twice. The same bits in every engine, with SIMD or without.
 */
import type { Image } from "./image.js";
import {
  allocateLike,
  checkPixels,
  valuesPerImage,
  type ImageBatchShape,
  type Pixels,
} from "./image-batch.js";
import { resample } from "./kernels/resample.js";
import { triangleWindows } from "./kernels/windows.js";

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
  const rows = triangleWindows(height, target.height);
  const columns = triangleWindows(width, target.width);
  const [imageValues, targetValues] = [valuesPerImage(shape), valuesPerImage(target)];
  const resized = allocateLike(images, count * targetValues);
  for (let i = 0; i < count; i++) {
    const from = images.subarray(i * imageValues, (i + 1) * imageValues);
    const to = resized.subarray(i * targetValues, (i + 1) * targetValues);
    resample(from, to, { width, channels, rows, columns });
  }
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
