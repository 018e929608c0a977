/** Copies pictures out of a source, on the main thread and in workers alike. */
import { valuesPerImage, type ImageBatchShape } from "@convkit/transforms";
import { mapConcurrently } from "../map-concurrently.js";
import { decodeImage } from "./decode-image.js";
import type { PictureLocation } from "./picture-location.js";
import { ImageSizeRequiredError, imageShapeOf, type FileSource, type PixelSource } from "./pixel-source.js";

/** As many as libuv has threads. More would only pile up decoded photos, which are large until they are resized. */
const CONCURRENT_DECODES = 4;

/**
 * @param indices of pictures in the source.
 * @param target uint8, receives the pictures one after another.
 * @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen.
 * @throws {ImageDecodeError} if a file has gone or been damaged since it was indexed.
 */
export async function readPixels(
  source: PixelSource,
  indices: ArrayLike<number>,
  target: Uint8Array,
): Promise<ImageBatchShape> {
  const shape = batchShapeOf(source, indices.length);
  const imageBytes = valuesPerImage(shape);
  if (source.kind === "memory") {
    const pixels = new Uint8Array(source.pixels);
    for (let i = 0; i < indices.length; i++) {
      const start = (indices[i] as number) * imageBytes;
      target.set(pixels.subarray(start, start + imageBytes), i * imageBytes);
    }
  } else {
    await mapConcurrently(Array.from(indices), CONCURRENT_DECODES, async (index, i) =>
      target.set(await readFilePixels(source, index, imageBytes), i * imageBytes),
    );
  }
  return shape;
}

/** @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen. */
export function batchShapeOf(source: PixelSource, count: number): ImageBatchShape {
  const imageShape = imageShapeOf(source);
  if (imageShape === null) throw new ImageSizeRequiredError();
  const [height, width, channels] = imageShape;
  return { count, height, width, channels };
}

async function readFilePixels(source: FileSource, index: number, imageBytes: number): Promise<Uint8Array> {
  const { cache, channels, size } = source;
  if (cache === null)
    return (await decodeImage(source.locations[index] as PictureLocation, { channels, size })).data;
  const filled = new Uint8Array(cache.filled);
  const pixels = new Uint8Array(cache.pixels, index * imageBytes, imageBytes);
  if (Atomics.load(filled, index) === 0) {
    // Two threads may do this at once; both write the same bytes.
    pixels.set((await decodeImage(source.locations[index] as PictureLocation, { channels, size })).data);
    Atomics.store(filled, index, 1);
  }
  return pixels;
}
