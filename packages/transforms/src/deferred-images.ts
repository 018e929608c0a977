/** A batch on its way through a pipeline. Moves of pixels are put off until something needs the pixels themselves. */
import { copyOf, valuesPerImage, type ImageBatchShape, type Pixels } from "./image-batch.js";
import { moveAndNormalize } from "./kernels/pixel-runs.js";
import { normalizeFloats, type ChannelStatistics } from "./normalize.js";
import { composePixelMaps, consecutive, movePixels, type PixelMap } from "./pixel-map.js";

export class DeferredImages {
  #images: Pixels;
  /** Of `#images`, before the moves. */
  #sourceShape: ImageBatchShape;
  #shape: ImageBatchShape;
  #moves: readonly PixelMap[] | null = null;
  /** Whether `#images` is still the caller's array, which must stay as it is. */
  #isBorrowed = true;

  constructor(images: Uint8Array, shape: ImageBatchShape) {
    this.#images = images;
    this.#sourceShape = shape;
    this.#shape = shape;
  }

  /** After every move so far. */
  get shape(): ImageBatchShape {
    return this.#shape;
  }

  get isFloat(): boolean {
    return this.#images instanceof Float32Array;
  }

  /** @param maps one per image, from the present shape to `shape`. */
  move(maps: readonly PixelMap[], shape: ImageBatchShape): void {
    this.#moves = this.#moves?.map((first, i) => composePixelMaps(first, maps[i] as PixelMap)) ?? maps;
    this.#shape = shape;
  }

  /** What is put off: from where the pixels stand now to the present shape, one per image. */
  get moves(): readonly PixelMap[] {
    return this.#moves ?? standStill(this.#shape);
  }

  /** The pixels, every move carried out, in an array that may be written to. */
  settle(): Pixels {
    if (this.#moves !== null) {
      this.replace(movePixels(this.#images, this.#sourceShape, this.#moves), this.#shape);
    } else if (this.#isBorrowed) {
      this.replace(copyOf(this.#images), this.#shape);
    }
    return this.#images;
  }

  replace(images: Pixels, shape: ImageBatchShape): void {
    this.#images = images;
    this.#sourceShape = shape;
    this.#shape = shape;
    this.#moves = null;
    this.#isBorrowed = false;
  }

  /** Bytes become float32, in `out` if it has room; float32 is changed in place. */
  normalize(statistics: ChannelStatistics, out?: Float32Array): void {
    const shape = this.#shape;
    if (!(this.#images instanceof Uint8Array)) {
      normalizeFloats(this.settle() as Float32Array, shape, statistics);
      return;
    }
    const length = shape.count * valuesPerImage(shape);
    const hasRoom = out !== undefined && out.length >= length;
    const normalized = hasRoom ? out.subarray(0, length) : new Float32Array(length);
    moveAndNormalize(this.#images, this.#sourceShape, this.moves, {
      statistics,
      out: normalized,
    });
    this.replace(normalized, shape);
  }
}

function standStill({ count, height, width }: ImageBatchShape): PixelMap[] {
  return new Array<PixelMap>(count).fill({ rows: consecutive(0, height), columns: consecutive(0, width) });
}
