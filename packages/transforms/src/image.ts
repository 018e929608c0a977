/** One picture of a batch: what a transform sees that does something else to each. */
import { changeBytes } from "./kernels/simd-colors.js";
import { valuesPerImage, type ImageBatchShape, type Pixels } from "./image-batch.js";

export interface Image {
  /** [height, width, channels]; a view into the batch, so that writing to it changes the batch. */
  readonly pixels: Pixels;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export function imageAt(images: Pixels, shape: ImageBatchShape, index: number): Image {
  const { height, width, channels } = shape;
  const values = valuesPerImage(shape);
  return { pixels: images.subarray(index * values, (index + 1) * values), height, width, channels };
}

/** White: bytes go to 255, float32 before Normalize to 1. */
export const brightestOf = (pixels: Pixels): number => (pixels instanceof Uint8Array ? 255 : 1);

/** Puts every value through a function; bytes by a table of 256. What is above white or below black becomes that. */
export function mapValues(image: Image, change: (value: number) => number): void {
  const { pixels } = image;
  if (pixels instanceof Uint8Array) {
    const table = byteTable(change);
    if (changeBytes(image, (bytes) => bytes.map([table]))) return;
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i] as number] as number;
  } else {
    for (let i = 0; i < pixels.length; i++) pixels[i] = Math.min(Math.max(change(pixels[i] as number), 0), 1);
  }
}

/** @returns uint8 [256]: what each byte becomes. Fractions are cut off, as torchvision does. */
export function byteTable(change: (value: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) table[value] = Math.min(Math.max(change(value), 0), 255);
  return table;
}
