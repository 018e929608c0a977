/** Copies pictures out of a source, on the main thread and in workers alike. */
import { resize, valuesPerImage, type ImageBatchShape } from "@convkit/transforms";
import { mapConcurrently } from "../map-concurrently.js";
import { decodeImage, ImageDecodeError } from "./decode-image.js";
import { keep, takeKept } from "./decoded-cache.js";
import { openDiskCache, type DiskCache } from "./disk-cache.js";
import { readPicture, type PictureLocation } from "./picture-location.js";
import {
  ImageSizeRequiredError,
  imageShapeOf,
  type FileSource,
  type MemorySource,
  type PixelSource,
} from "./pixel-source.js";

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
    for (let i = 0; i < indices.length; i++) {
      const start = i * imageBytes;
      readMemoryPixels(source, indices[i] as number, target.subarray(start, start + imageBytes));
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

const MOST_PER_READ = 64;
const MOST_READ_BYTES = 2 ** 26;

/** How many pictures of [height, width, channels] may be read at once, by who looks at all of a split. */
export function picturesPerRead([height, width, channels]: readonly [number, number, number]): number {
  return Math.max(1, Math.min(MOST_PER_READ, Math.floor(MOST_READ_BYTES / (height * width * channels))));
}

/** @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen. */
export function batchShapeOf(source: PixelSource, count: number): ImageBatchShape {
  const imageShape = imageShapeOf(source);
  if (imageShape === null) throw new ImageSizeRequiredError();
  const [height, width, channels] = imageShape;
  return { count, height, width, channels };
}

function readMemoryPixels(
  { pixels, height, width, channels, resizing }: MemorySource,
  index: number,
  target: Uint8Array,
): void {
  const imageBytes = height * width * channels;
  const picture = new Uint8Array(pixels, index * imageBytes, imageBytes);
  if (resizing === undefined) {
    target.set(picture);
  } else if (!takeKept(resizing.cache, index, target)) {
    target.set(resize(picture, { count: 1, height, width, channels }, resizing.size, resizing.fit));
    keep(resizing.cache, index, target);
  }
}

async function readFilePixels(
  source: FileSource,
  index: number,
  { disk, target }: { disk: DiskCache | null; target: Uint8Array },
): Promise<void> {
  if (takeKept(source.cache, index, target)) return;
  if (!disk?.read(index, target)) await decodeInto(source, index, { disk, target });
  keep(source.cache, index, target);
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
