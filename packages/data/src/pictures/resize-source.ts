/** The same pictures at another size. */
import { createDecodedCache } from "./decoded-cache.js";
import { ofOtherSize } from "./disk-cache.js";
import { countOf, imageShapeOf, type PixelSource } from "./pixel-source.js";

/**
 * Pictures are resized when they are read, from what they are themselves and not from what they were brought to before.
 * @param size [height, width].
 * @param fit what becomes of pictures of another shape. If left out: what was chosen for the source before.
 */
export function resizeSource(
  source: PixelSource,
  size: readonly [number, number],
  fit = source.kind === "files" ? source.fit : source.resizing?.fit,
): PixelSource {
  const [height, width] = size;
  const shape = imageShapeOf(source);
  if (shape?.[0] === height && shape[1] === width) return source;
  const imageBytes = height * width * source.channels;
  if (source.kind === "memory") {
    if (source.height === height && source.width === width) return { ...source, resizing: undefined };
    const cache = createDecodedCache(countOf(source), imageBytes, source.uses);
    return { ...source, resizing: { size, fit, cache } };
  }
  return {
    ...source,
    size,
    fit,
    cache: createDecodedCache(source.locations.length, imageBytes, source.uses),
    disk: source.disk && ofOtherSize(source.disk),
  };
}
