/** Pixels of one batch: read, transformed, normalised. The same code on the main thread and in workers. */
import { Rng, type RngState } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import {
  createTransformPipeline,
  valuesPerImage,
  type ImageBatchShape,
  type TransformPipeline,
} from "@convkit/transforms";
import type { PixelSource } from "../pictures/pixel-source.js";
import { batchShapeOf, readPixels } from "../pictures/read-pixels.js";
import { loadTransformModules } from "./transform-modules.js";

/** Plain data: a worker is handed it when it starts. */
export interface BatchRecipe {
  readonly source: PixelSource;
  readonly transforms: readonly TransformSpec[];
}

/** Plain data: one message to a worker. */
export interface BatchTask {
  /** Of the pictures in the source. */
  readonly indices: Uint32Array;
  /** From its child under the epoch come the children of the pictures, under their indices. */
  readonly rng: RngState;
  readonly epoch: number;
}

export class BatchMaker {
  readonly #source: PixelSource;
  readonly #pipeline: TransformPipeline;
  /** Scratch memory not in use; several batches of files may be under way at once. */
  readonly #scratch: Uint8Array[] = [];

  private constructor(source: PixelSource, pipeline: TransformPipeline) {
    this.#source = source;
    this.#pipeline = pipeline;
  }

  /**
   * @throws {TransformModuleError} if a user's transform cannot be loaded.
   * @throws {CustomTransformError} if it is no transform.
   */
  static async create({ source, transforms }: BatchRecipe): Promise<BatchMaker> {
    return new BatchMaker(
      source,
      createTransformPipeline(transforms, await loadTransformModules(transforms)),
    );
  }

  /**
   * @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen.
   * @throws {ShapeError} if a transform cannot take them.
   */
  outputShape(count: number): ImageBatchShape {
    return this.#pipeline.outputShape(batchShapeOf(this.#source, count));
  }

  /**
   * @param out receives the batch from its beginning.
   * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
   */
  async make({ indices, rng, epoch }: BatchTask, out: Float32Array): Promise<void> {
    const needed = valuesPerImage(batchShapeOf(this.#source, 1)) * indices.length;
    let scratch = this.#scratch.pop();
    if (scratch === undefined || scratch.length < needed) scratch = new Uint8Array(needed);
    try {
      const bytes = scratch.subarray(0, needed);
      const shape = await readPixels(this.#source, indices, bytes);
      const own = Rng.fromJSON(rng);
      const ofEpoch = own.split(epoch);
      const rngs = this.#pipeline.isRandom ? Array.from(indices, (index) => ofEpoch.split(index)) : [];
      const imageRngOf = (i: number) => own.split("every epoch").split(indices[i] as number);
      this.#pipeline.apply(bytes, shape, rngs, { out, epoch, imageRngOf });
    } finally {
      this.#scratch.push(scratch);
    }
  }
}
