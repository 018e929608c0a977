/** The same pictures at another size. */
import type { ResizeFit } from "@convkit/schema";
import { resize } from "@convkit/transforms";
import { createDecodedCache } from "./decoded-cache.js";
import { ofOtherSize } from "./disk-cache.js";
import type { MemorySource, PixelSource } from "./pixel-source.js";

const IMAGES_PER_PIECE = 256;

/**
 * Files will be resized when they are decoded, pictures in memory are resized now.
 * @param size [height, width].
 * @param fit what becomes of pictures of another shape. If left out: what was chosen for the source before.
 */
export function resizeSource(
  source: PixelSource,
  size: readonly [number, number],
  fit = source.kind === "files" ? source.fit : undefined,
): PixelSource {
  const [height, width] = size;
  if (source.kind === "memory") {
    return source.height === height && source.width === width ? source : resizeMemory(source, size, fit);
  }
  if (source.size?.[0] === height && source.size[1] === width) return source;
  return {
    ...source,
    size,
    fit,
    cache: createDecodedCache(source.locations.length, height * width * source.channels, source.uses),
    disk: source.disk && ofOtherSize(source.disk),
  };
}

function resizeMemory(
  source: MemorySource,
  [height, width]: readonly [number, number],
  fit: ResizeFit | undefined,
): MemorySource {
  const { channels } = source;
  const pixels = new Uint8Array(source.pixels);
  const imageBytes = source.height * source.width * channels;
  const resizedBytes = height * width * channels;
  const total = pixels.length / imageBytes;
  const resized = new Uint8Array(new SharedArrayBuffer(total * resizedBytes));
  for (let start = 0; start < total; start += IMAGES_PER_PIECE) {
    const count = Math.min(IMAGES_PER_PIECE, total - start);
    const piece = pixels.subarray(start * imageBytes, (start + count) * imageBytes);
    const shape = { count, height: source.height, width: source.width, channels };
    resized.set(resize(piece, shape, [height, width], fit), start * resizedBytes);
  }
  return { kind: "memory", pixels: resized.buffer, height, width, channels };
}
