/** Pixels of one batch: read, transformed, normalised. The same code on the main thread and in workers. */
import { Rng, type RngState } from "@convkit/random";
import type { BatchTransformSpec, TransformSpec } from "@convkit/schema";
import {
  applyMix,
  createTransformPipeline,
  drawMix,
  type ApplyOptions,
  valuesPerImage,
  type BatchMix,
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
  readonly batchTransforms: readonly BatchTransformSpec[];
}

/** Plain data: one message to a worker. */
export interface BatchTask {
  /** Of the pictures in the source. */
  readonly indices: Uint32Array;
  /** Of each of `indices`, how often it came before in the epoch; null: none comes twice. */
  readonly repetitions: Uint32Array | null;
  /**
   * From its child under the epoch come the children of the pictures, under their indices; for the n-th repetition,
   * their child under n.
   */
  readonly rng: RngState;
  readonly epoch: number;
  /** Of the epoch, from 0: what is drawn for the batch as a whole comes from the child of that name. */
  readonly step: number;
}

export class BatchMaker {
  readonly #source: PixelSource;
  readonly #pipeline: TransformPipeline;
  readonly #batchTransforms: readonly BatchTransformSpec[];
  /** Scratch memory not in use; several batches of files may be under way at once. */
  readonly #scratch: Uint8Array[] = [];

  private constructor({ source, batchTransforms }: BatchRecipe, pipeline: TransformPipeline) {
    this.#source = source;
    this.#pipeline = pipeline;
    this.#batchTransforms = batchTransforms;
  }

  /**
   * @throws {TransformModuleError} if a user's transform cannot be loaded.
   * @throws {CustomTransformError} if it is no transform.
   */
  static async create(recipe: BatchRecipe): Promise<BatchMaker> {
    const { transforms } = recipe;
    return new BatchMaker(
      recipe,
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
   * @param onSample told what each random transform drew, as `apply` of a pipeline tells it.
   * @returns how its pictures were mixed with each other; null: not at all.
   * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
   */
  async make(
    { indices, repetitions, rng, epoch, step }: BatchTask,
    out: Float32Array,
    onSample?: ApplyOptions["onSample"],
  ): Promise<BatchMix | null> {
    const needed = valuesPerImage(batchShapeOf(this.#source, 1)) * indices.length;
    let scratch = this.#scratch.pop();
    if (scratch === undefined || scratch.length < needed) scratch = new Uint8Array(needed);
    try {
      const bytes = scratch.subarray(0, needed);
      const shape = await readPixels(this.#source, indices, bytes);
      const own = Rng.fromJSON(rng);
      const ofEpoch = own.split(epoch);
      const childFor = (parent: Rng, i: number): Rng => {
        const ofPicture = parent.split(indices[i] as number);
        const repetition = repetitions?.[i] ?? 0;
        return repetition === 0 ? ofPicture : ofPicture.split(repetition);
      };
      const rngs = this.#pipeline.isRandom ? Array.from(indices, (_, i) => childFor(ofEpoch, i)) : [];
      const imageRngOf = (i: number) => childFor(own.split("every epoch"), i);
      const made = this.#pipeline.apply(bytes, shape, rngs, { out, epoch, imageRngOf, onSample });
      return this.#mix(made, { epoch, rng: ofEpoch.split("batch").split(step) });
    } finally {
      this.#scratch.push(scratch);
    }
  }

  #mix(
    { images, shape }: { images: Float32Array; shape: ImageBatchShape },
    { epoch, rng }: { epoch: number; rng: Rng },
  ): BatchMix | null {
    const mix = drawMix(this.#batchTransforms, { rng, epoch, shape });
    if (mix !== null) applyMix(images, shape, mix);
    return mix;
  }
}
