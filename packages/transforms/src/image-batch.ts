/** Pictures as transforms see them: one typed array in NHWC order and its shape beside it. */

/** Of an array [count, height, width, channels], channels last, row by row. */
export interface ImageBatchShape {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** uint8 0…255 as decoded; float32 0…1 before Normalize and around 0 after. */
export type Pixels = Uint8Array | Float32Array;

/** Pictures and what is asked of them do not fit. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

export function valuesPerImage(shape: ImageBatchShape): number {
  return shape.height * shape.width * shape.channels;
}

export function formatShape({ count, height, width, channels }: ImageBatchShape): string {
  return `[${count}, ${height}, ${width}, ${channels}]`;
}

/** An empty array of the same type. */
export function allocateLike<P extends Pixels>(images: P, length: number): P {
  return (images instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as P;
}

/** A copy of its own memory: quicker than `slice`, which writes zeros there first. */
export function copyOf<P extends Pixels>(images: P): P {
  return (images instanceof Uint8Array ? new Uint8Array(images) : new Float32Array(images)) as P;
}

/**
 * What is given as one number for all channels, or as one for each.
 * @param what as messages name it.
 * @throws {ShapeError} if it is neither.
 */
export function perChannel(values: readonly number[], channels: number, what: string): readonly number[] {
  if (values.length === channels) return values;
  if (values.length === 1) return new Array<number>(channels).fill(values[0] as number);
  throw new ShapeError(
    `Expected one number or one per channel (${channels}) as ${what}. Received: ${values.length}.`,
  );
}

/** @throws {ShapeError} if the array has not exactly the values of its shape. */
export function checkPixels(images: Pixels, shape: ImageBatchShape): void {
  const expected = shape.count * valuesPerImage(shape);
  if (images.length !== expected) {
    throw new ShapeError(
      `Expected ${expected} values for images of shape ${formatShape(shape)}. Received: ${images.length}.`,
    );
  }
}
