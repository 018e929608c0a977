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
  type Finish,
  type ImageBatchShape,
  type TransformPipeline,
  type UnfinishedImages,
} from "@convkit/transforms";
import type { PixelSource } from "../pictures/pixel-source.js";
import { batchShapeOf, readPixels } from "../pictures/read-pixels.js";
import { unfinishedIn } from "./batch.js";
import { loadTransformModules } from "./transform-modules.js";

/** Plain data: a worker is handed it when it starts. */
export interface BatchRecipe {
  readonly source: PixelSource;
  readonly transforms: readonly TransformSpec[];
  readonly batchTransforms: readonly BatchTransformSpec[];
  /** Pictures stay bytes, and what is left to do comes with them. False if left out. */
  readonly asBytes?: boolean;
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
  readonly #asBytes: boolean;
  /** Scratch memory not in use; several batches of files may be under way at once. */
  readonly #scratch: Uint8Array[] = [];

  private constructor(
    { source, batchTransforms, asBytes = false }: BatchRecipe,
    pipeline: TransformPipeline,
  ) {
    this.#source = source;
    this.#pipeline = pipeline;
    this.#batchTransforms = batchTransforms;
    this.#asBytes = asBytes;
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
   * @returns what is left to do where pictures stay bytes; null: the transforms need more than bytes.
   * @throws as `outputShape`.
   */
  finishOf(count: number): Finish | null {
    return this.#pipeline.finishOf(batchShapeOf(this.#source, count));
  }

  /**
   * @param buffer receives the batch from its beginning: float32 pictures, or bytes as `unfinishedIn` lays them out.
   * @param onSample told what each random transform drew, as `apply` of a pipeline tells it.
   * @returns how its pictures were mixed with each other, or are to be where they are bytes; null: not at all.
   * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
   */
  async make(
    task: BatchTask,
    buffer: ArrayBuffer,
    onSample?: ApplyOptions["onSample"],
  ): Promise<BatchMix | null> {
    const shape = batchShapeOf(this.#source, task.indices.length);
    const finish = this.#asBytes ? this.#pipeline.finishOf(shape) : null;
    const unfinished = finish && unfinishedIn(buffer, finish, shape.count);
    const needed = shape.count * valuesPerImage(shape);
    if (unfinished && unfinished.bytes.length === needed) {
      return this.#makeFrom(unfinished.bytes, task, { out: unfinished, onSample });
    }
    let scratch = this.#scratch.pop();
    if (scratch === undefined || scratch.length < needed) scratch = new Uint8Array(needed);
    try {
      const out = unfinished ?? new Float32Array(buffer);
      return await this.#makeFrom(scratch.subarray(0, needed), task, { out, onSample });
    } finally {
      this.#scratch.push(scratch);
    }
  }

  /** @param pixels where they are read to; may be `out`'s own bytes. */
  async #makeFrom(
    pixels: Uint8Array,
    task: BatchTask,
    { out, onSample }: { out: Float32Array | UnfinishedImages; onSample: ApplyOptions["onSample"] },
  ): Promise<BatchMix | null> {
    const { indices, epoch, step } = task;
    const shape = await readPixels(this.#source, indices, pixels);
    const { ofEpoch, rngs, imageRngOf } = this.#drawsOf(task);
    const options = { epoch, imageRngOf, onSample };
    const mixFor = (made: ImageBatchShape) =>
      drawMix(this.#batchTransforms, { rng: ofEpoch.split("batch").split(step), epoch, shape: made });
    if (!(out instanceof Float32Array)) {
      this.#pipeline.applyToBytes(pixels, shape, rngs, { ...options, out });
      return mixFor(this.#pipeline.outputShape(shape));
    }
    const made = this.#pipeline.apply(pixels, shape, rngs, { ...options, out });
    const mix = mixFor(made.shape);
    if (mix !== null) applyMix(made.images, made.shape, mix);
    return mix;
  }

  #drawsOf({ indices, repetitions, rng, epoch }: BatchTask) {
    const own = Rng.fromJSON(rng);
    const ofEpoch = own.split(epoch);
    const childFor = (parent: Rng, i: number): Rng => {
      const ofPicture = parent.split(indices[i] as number);
      const repetition = repetitions?.[i] ?? 0;
      return repetition === 0 ? ofPicture : ofPicture.split(repetition);
    };
    return {
      ofEpoch,
      rngs: this.#pipeline.isRandom ? Array.from(indices, (_, i) => childFor(ofEpoch, i)) : [],
      imageRngOf: (i: number) => childFor(own.split("every epoch"), i),
    };
  }
}
