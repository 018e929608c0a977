/** One picture of a batch: what a transform sees that does something else to each. */
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
export function mapValues({ pixels }: Image, change: (value: number) => number): void {
  const brightest = brightestOf(pixels);
  // Stored in a Uint8Array, fractions are cut off, as torchvision does.
  const clamped = (value: number) => Math.min(Math.max(change(value), 0), brightest);
  if (pixels instanceof Uint8Array) {
    const table = Uint8Array.from({ length: 256 }, (_, value) => clamped(value));
    for (let i = 0; i < pixels.length; i++) pixels[i] = table[pixels[i] as number] as number;
  } else {
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamped(pixels[i] as number);
  }
}
