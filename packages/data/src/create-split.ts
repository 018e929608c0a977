/** A split out of arrays that a program already has. */
import { valuesPerImage, type ImageBatchShape } from "@convkit/transforms";
import { DatasetSplit } from "./dataset-split.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";

export interface CreateSplitOptions {
  readonly name: string;
  /** uint8 [count, height, width, channels]; copied into shared memory unless it lies there already. */
  readonly images: Uint8Array;
  readonly shape: ImageBatchShape;
  /** Class index per picture. */
  readonly labels: ArrayLike<number>;
  /** `<name>/<number>` if left out. */
  readonly ids?: readonly string[];
}

/** @throws {DatasetFormatError} if images, labels and ids do not fit the shape. */
export function createSplit({ name, images, shape, labels, ids }: CreateSplitOptions): DatasetSplit {
  const { count, height, width, channels } = shape;
  const splitIds = ids ?? Array.from({ length: count }, (_, i) => `${name}/${i}`);
  if (
    images.length !== count * valuesPerImage(shape) ||
    labels.length !== count ||
    splitIds.length !== count
  ) {
    throw new DatasetFormatError(
      `Expected ${count} pictures of ${valuesPerImage(shape)} bytes with a label and an id each. ` +
        `Received: ${images.length} bytes, ${labels.length} labels, ${splitIds.length} ids.`,
    );
  }
  return new DatasetSplit({
    name,
    ids: splitIds,
    labels: Int32Array.from(labels),
    source: { kind: "memory", pixels: shareMemory(images), height, width, channels },
    sourceIndices: Uint32Array.from({ length: count }, (_, i) => i),
  });
}

function shareMemory(images: Uint8Array): SharedArrayBuffer {
  const { buffer } = images;
  if (buffer instanceof SharedArrayBuffer && buffer.byteLength === images.length) return buffer;
  const shared = new Uint8Array(new SharedArrayBuffer(images.length));
  shared.set(images);
  return shared.buffer;
}
