/**
 * Bilinear resizing with antialiasing, the filter of Pillow's `Image.resize(…, BILINEAR)` and of torchvision's
 * `Resize(antialias=True)`: half-pixel centres, and a triangle as wide as the scale when shrinking, so that every
 * source pixel counts. https://github.com/python-pillow/Pillow/blob/main/src/libImaging/Resample.c
 * Differs from Pillow: rows before columns, float32 between the two and one rounding at the end, where Pillow rounds to
 * bytes twice. The same bits in every engine, with SIMD or without.
 */
import type { ResizeFit } from "@convkit/schema";
import type { Image } from "./image.js";
import {
  allocateLike,
  checkPixels,
  valuesPerImage,
  type ImageBatchShape,
  type Pixels,
} from "./image-batch.js";
import { croppedPart, cut, paddedPart, paste, type ImagePart } from "./image-part.js";
import { resample } from "./kernels/resample.js";
import { shiftWindows, triangleWindows, type Windows } from "./kernels/windows.js";

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
 * @param fit what becomes of the pictures where `size` is [height, width] of another shape: they are stretched; or cropped to
 *   `croppedPart`, as Pillow's `ImageOps.fit`; or scaled to `paddedPart`, with zeros on two sides, as `ImageOps.pad` but
 *   for its rounding.
 *   https://pillow.readthedocs.io/en/stable/reference/ImageOps.html
 * @returns a new array of the same type, or `images` itself where nothing changes.
 * @throws {ShapeError} if images and shape do not fit.
 */
export function resize<P extends Pixels>(
  images: P,
  shape: ImageBatchShape,
  size: ResizeSize,
  fit: ResizeFit = "stretch",
): P {
  checkPixels(images, shape);
  const target = resizedShape(shape, size);
  if (target.height === shape.height && target.width === shape.width) return images;
  const { count, height, width } = shape;
  const box = fit === "crop" ? croppedPart(shape, target) : { top: 0, left: 0, height, width };
  const filled = fit === "pad" ? paddedPart(shape, target) : { top: 0, left: 0, ...target };
  const isFilled = filled.height === target.height && filled.width === target.width;
  const resampling = new BoxResampling(shape, box, filled);
  const [imageValues, targetValues] = [valuesPerImage(shape), valuesPerImage(target)];
  const resized = allocateLike(images, count * targetValues);
  for (let i = 0; i < count; i++) {
    const from = images.subarray(i * imageValues, (i + 1) * imageValues) as P;
    const pixels = resized.subarray(i * targetValues, (i + 1) * targetValues);
    const to = isFilled ? pixels : allocateLike(pixels, filled.height * filled.width * shape.channels);
    resampling.apply(from, to);
    if (!isFilled) paste(to, filled, { ...target, pixels });
  }
  return resized;
}

/**
 * Brings a part of a picture to a size, as Pillow's `resize` with a `box`: its edges may lie within pixels, and pixels beyond
 * them count where the filter reaches them.
 * @param image uint8 or float32.
 * @param size [height, width].
 * @returns a new array of the same type.
 */
export function resizeBox(
  { pixels, ...shape }: Image,
  box: ImagePart,
  [height, width]: readonly [number, number],
): Pixels {
  const resized = allocateLike(pixels, height * width * shape.channels);
  new BoxResampling(shape, box, { height, width }).apply(pixels, resized);
  return resized;
}

/** What pixels count, and how much, is the same for all pictures of a batch. */
class BoxResampling {
  readonly #shape: Omit<Image, "pixels">;
  /** All that counts. */
  readonly #part: ImagePart;
  readonly #rows: Windows;
  readonly #columns: Windows;

  constructor(
    shape: Omit<Image, "pixels">,
    box: ImagePart,
    target: { readonly height: number; readonly width: number },
  ) {
    const rows = triangleWindows(shape.height, target.height, { start: box.top, length: box.height });
    const columns = triangleWindows(shape.width, target.width, { start: box.left, length: box.width });
    const [top, left] = [rows.starts[0] as number, columns.starts[0] as number];
    this.#shape = shape;
    this.#part = {
      top,
      left,
      height: (rows.ends.at(-1) as number) - top,
      width: (columns.ends.at(-1) as number) - left,
    };
    this.#rows = shiftWindows(rows, -top);
    this.#columns = shiftWindows(columns, -left);
  }

  apply(pixels: Pixels, resized: Pixels): void {
    const { width, channels } = this.#shape;
    const part = cut({ pixels, width, channels }, this.#part);
    resample(part, resized, {
      width: this.#part.width,
      channels,
      rows: this.#rows,
      columns: this.#columns,
    });
  }
}

/** Fills `target` with a part of a picture: nothing outside the part counts. */
export function resizePart(image: Image, part: ImagePart, target: Image): void {
  const pixels = cut(image, part);
  const isOfSize = part.height === target.height && part.width === target.width;
  if (isOfSize) return target.pixels.set(pixels);
  resample(pixels, target.pixels, {
    width: part.width,
    channels: image.channels,
    rows: triangleWindows(part.height, target.height),
    columns: triangleWindows(part.width, target.width),
  });
}
