/** Copies pictures out of a source, on the main thread and in workers alike. */
import { valuesPerImage, type ImageBatchShape } from "@convkit/transforms";
import { mapConcurrently } from "../map-concurrently.js";
import { decodeImage, ImageDecodeError } from "./decode-image.js";
import { openDiskCache, type DiskCache } from "./disk-cache.js";
import { readPicture, type PictureLocation } from "./picture-location.js";
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
    const disk = await openDiskCache(source);
    try {
      await mapConcurrently(Array.from(indices), CONCURRENT_DECODES, (index, i) =>
        readFilePixels(source, index, {
          disk,
          target: target.subarray(i * imageBytes, (i + 1) * imageBytes),
        }),
      );
    } finally {
      disk?.close();
    }
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

async function readFilePixels(
  source: FileSource,
  index: number,
  { disk, target }: { disk: DiskCache | null; target: Uint8Array },
): Promise<void> {
  const { cache } = source;
  if (cache !== null && Atomics.load(new Uint8Array(cache.filled), index) === 1) {
    target.set(new Uint8Array(cache.pixels, index * target.length, target.length));
    return;
  }
  if (!disk?.read(index, target)) await decodeInto(source, index, { disk, target });
  if (cache === null) return;
  // Two threads may do this at once; both write the same bytes.
  new Uint8Array(cache.pixels, index * target.length, target.length).set(target);
  Atomics.store(new Uint8Array(cache.filled), index, 1);
}

async function decodeInto(
  { locations, channels, size, fit }: FileSource,
  index: number,
  { disk, target }: { disk: DiskCache | null; target: Uint8Array },
): Promise<void> {
  const location = locations[index] as PictureLocation;
  if (disk === null) {
    target.set((await decodeImage(location, { channels, size, fit })).data);
    return;
  }
  try {
    const encoded = await readPicture(location);
    target.set((await decodeImage(encoded, { channels, size, fit })).data);
    disk.write(index, target, encoded);
  } catch (error) {
    // It shall name the file, and not how many bytes that has.
    throw new ImageDecodeError(
      location,
      error instanceof ImageDecodeError ? (error.cause as Error) : (error as Error),
    );
  }
}
