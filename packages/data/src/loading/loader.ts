/**
 * Batches for training and evaluation, made ahead of the step that needs them. Batch k of epoch e depends on the Rng's
 * seed, e and k and on nothing else: not on the number of workers, nor on where an interrupted epoch goes on.
 */
import { availableParallelism } from "node:os";
import type { Rng, RngState } from "@convkit/random";
import type { BatchTransformSpec, TransformSpec } from "@convkit/schema";
import { rolled, valuesPerImage, type BatchMix, type ImageBatchShape } from "@convkit/transforms";
import type { DatasetSplit } from "../dataset-split.js";
import { selectLabelSets, type LabelSets } from "../label-sets.js";
import { fileOf } from "../pictures/picture-location.js";
import type { PixelSource } from "../pictures/pixel-source.js";
import { resizeSource } from "../pictures/resize-source.js";
import { unfinishedBytes, unfinishedIn, type Batch, type ByteBatch, type LabelledBatch } from "./batch.js";
import { BatchMaker } from "./batch-maker.js";
import {
  createInlineProducer,
  LoaderClosedError,
  type BatchProducer,
  type ProducedBatch,
} from "./batch-producer.js";
import { checkSampling, Sampler, type SampledOrder, type Sampling } from "./sampling.js";
import { createWorkerPool, WorkerEndedError } from "./worker-pool.js";

export interface LoaderOptions {
  readonly batchSize: number;
  /** As in a config; the last ones usually end with Normalize. */
  readonly transforms: readonly TransformSpec[];
  /** Behind `transforms`. Their `untilEpoch` is held against the number that `epoch` is called with. */
  readonly batchTransforms?: readonly BatchTransformSpec[];
  /** Order and augmentation come from its children; it is not drawn from itself. */
  readonly rng: Rng;
  /** A new order in every epoch; without it the split's own, and no `sampling`. True if left out. */
  readonly shuffle?: boolean;
  /** Which pictures an epoch is made of. Each of them once if left out. */
  readonly sampling?: Sampling;
  /** Leaves the last batch out if it is smaller than the others. False if left out. */
  readonly dropRemainder?: boolean;
  /** Threads; 0 makes batches on this one. If left out 1, and for pictures that must be decoded or resized up to 4. */
  readonly workers?: number;
  /** Batches asked for ahead of the one in use. */
  readonly prefetch?: number;
  /** [height, width] to resize pictures to before the transforms. */
  readonly imageSize?: readonly [number, number];
}

/** `Contents`: a batch's pictures, in whichever form. */
export interface Loader<Contents extends LabelledBatch = Batch> {
  readonly stepsPerEpoch: number;
  /** [height, width, channels] of the pictures in a batch. */
  readonly imageShape: readonly [number, number, number];
  /**
   * One epoch's batches. Leaving the loop early is fine.
   * @param epoch any integer from 0; the same number gives the same batches.
   * @param options.fromStep batches to pass over, for going on within an epoch.
   * @throws {LoaderError} if a batch cannot be made.
   */
  epoch(epoch: number, options?: { readonly fromStep?: number }): AsyncIterable<Contents>;
  /** Ends the workers; batches still waited for fail with LoaderClosedError. May be called more than once. */
  close(): Promise<void>;
}

/** A batch could not be made. `cause` is why; of an error in a worker it has the name, message and stack. */
export class LoaderError extends Error {
  override readonly name = "LoaderError";
}

const MOST_DEFAULT_WORKERS = 4;
const MOST_SUSPECTS_NAMED = 5;

/**
 * @throws {RangeError} if `batchSize`, `workers` or `prefetch` is no sensible number, or `sampling` is to keep the order.
 * @throws {SamplingError} if the pictures that `sampling` is to draw have no weight, or any number of labels.
 * @throws {ImageSizeRequiredError} if the pictures differ in size and none was chosen.
 * @throws {TransformModuleError} if a user's transform cannot be loaded.
 * @throws {ShapeError} if the transforms cannot take the pictures.
 */
export async function createLoader(split: DatasetSplit, options: LoaderOptions): Promise<Loader> {
  const { maker, ...parts } = await openParts(split, options);
  const shape = maker.outputShape(options.batchSize);
  const values = valuesPerImage(shape);
  return new BatchLoader<Batch>(split, await parts.open(false), {
    shape,
    bufferBytes: shape.count * values * Float32Array.BYTES_PER_ELEMENT,
    contentsOf: (buffer, count) => ({ images: new Float32Array(buffer, 0, count * values) }),
  });
}

/**
 * As `createLoader`, of the same pictures by the same draws, but as bytes with what is left to do to them, for a backend that does
 * that in one pass (`FinishImages` of @convkit/ops).
 *
 * @returns null where the transforms need more than bytes: something stands behind Normalize but a RandomErasing of one colour,
 *   or a user's module is among them.
 * @throws as `createLoader`.
 */
export async function createByteLoader(
  split: DatasetSplit,
  options: LoaderOptions,
): Promise<Loader<ByteBatch> | null> {
  const { maker, ...parts } = await openParts(split, options);
  const finish = maker.finishOf(options.batchSize);
  if (finish === null) return null;
  return new BatchLoader<ByteBatch>(split, await parts.open(true), {
    shape: finish.shape,
    bufferBytes: unfinishedBytes(finish),
    contentsOf: (buffer, count, mix) => ({ unfinished: unfinishedIn(buffer, finish, count), finish, mix }),
  });
}

interface LoaderParts {
  readonly maker: BatchMaker;
  /** Starts its workers. */
  open(asBytes: boolean): Promise<OpenedLoader>;
}

interface OpenedLoader {
  readonly options: LoaderOptions & { readonly prefetch: number };
  readonly producer: BatchProducer;
  readonly sampler: Sampler | null;
}

async function openParts(split: DatasetSplit, options: LoaderOptions): Promise<LoaderParts> {
  const { batchSize, transforms, batchTransforms = [], imageSize } = options;
  const source = imageSize ? resizeSource(split.source, imageSize) : split.source;
  const workers = options.workers ?? defaultWorkers(source);
  const prefetch = options.prefetch ?? (workers === 0 ? 0 : workers + 1);
  checkInteger("batchSize", batchSize, 1);
  checkInteger("workers", workers, 0);
  checkInteger("prefetch", prefetch, 0);
  const sampler = samplerOf(split, options);
  const recipe = { source, transforms, batchTransforms };
  return {
    maker: await BatchMaker.create(recipe),
    async open(asBytes) {
      const made = { ...recipe, asBytes };
      const producer = await (workers === 0 ? createInlineProducer(made) : createWorkerPool(made, workers));
      return { options: { ...options, prefetch }, producer, sampler };
    },
  };
}

/** null: the split's own order. */
function samplerOf(split: DatasetSplit, options: LoaderOptions): Sampler | null {
  const { shuffle = true, sampling, batchSize, rng } = options;
  if (shuffle) {
    if (sampling) checkSampling(sampling, split);
    return new Sampler(split.labels, { sampling: sampling ?? { name: "shuffle" }, batchSize, rng });
  }
  if (sampling === undefined) return null;
  throw new RangeError(
    `Expected \`shuffle\` or no \`sampling\`. Received: ${sampling.name}, in the split's own order. Leave one of them out.`,
  );
}

/** Of a run's Rng, the child that its loader of training pictures gets. */
export function trainingLoaderRng(ofRun: Rng): Rng {
  return ofRun.split("loader");
}

/** What the tasks of a loader with this Rng carry. */
export function augmentationRng(rng: Rng): RngState {
  return rng.split("augment").toJSON();
}

function defaultWorkers(source: PixelSource): number {
  const isReady = source.kind === "memory" && source.resizing === undefined;
  return isReady ? 1 : Math.min(MOST_DEFAULT_WORKERS, availableParallelism());
}

function checkInteger(name: string, value: number, lowest: number): void {
  if (!Number.isInteger(value) || value < lowest) {
    throw new RangeError(`Expected \`${name}\` to be an integer from ${lowest} up. Received: ${value}.`);
  }
}

/** How a batch lies in its memory. */
interface Layout<Contents> {
  /** Of a whole batch. */
  readonly shape: ImageBatchShape;
  readonly bufferBytes: number;
  contentsOf(buffer: ArrayBuffer, count: number, mix: BatchMix | null): Omit<Contents, keyof LabelledBatch>;
}

class BatchLoader<Contents extends LabelledBatch> implements Loader<Contents> {
  readonly stepsPerEpoch: number;
  readonly #split: DatasetSplit;
  readonly #options: OpenedLoader["options"];
  readonly #producer: BatchProducer;
  readonly #sampler: Sampler | null;
  readonly #layout: Layout<Contents>;
  /** Memory for batches that is not in use. Allocating it afresh costs more than filling it. */
  readonly #buffers: ArrayBuffer[] = [];

  constructor(split: DatasetSplit, { options, producer, sampler }: OpenedLoader, layout: Layout<Contents>) {
    const steps = split.length / options.batchSize;
    this.stepsPerEpoch = options.dropRemainder ? Math.floor(steps) : Math.ceil(steps);
    this.#split = split;
    this.#options = options;
    this.#producer = producer;
    this.#sampler = sampler;
    this.#layout = layout;
  }

  get imageShape(): [number, number, number] {
    const { height, width, channels } = this.#layout.shape;
    return [height, width, channels];
  }

  async *epoch(
    epoch: number,
    { fromStep = 0 }: { readonly fromStep?: number } = {},
  ): AsyncGenerator<Contents> {
    checkInteger("epoch", epoch, 0);
    checkInteger("fromStep", fromStep, 0);
    const { positions: order, repetitions } = this.#order(epoch);
    const rng = augmentationRng(this.#options.rng);
    const underWay: { positions: Uint32Array; produced: Promise<ProducedBatch> }[] = [];
    let nextStep = fromStep;
    try {
      for (let step = fromStep; step < this.stepsPerEpoch; step++) {
        for (; nextStep < this.stepsPerEpoch && nextStep <= step + this.#options.prefetch; nextStep++) {
          const positions = this.#ofStep(order, nextStep);
          const indices = positions.map((position) => this.#split.sourceIndices[position] as number);
          const task = {
            indices,
            repetitions: repetitions && this.#ofStep(repetitions, nextStep),
            rng,
            epoch,
            step: nextStep,
          };
          const produced = this.#producer.produce(task, this.#takeBuffer());
          // It is awaited in its turn, which may be after it failed, or never.
          produced.catch(() => {});
          underWay.push({ positions, produced });
        }
        const { positions, produced } = underWay.shift() as (typeof underWay)[number];
        const received = await this.#receive(produced, { epoch, step });
        yield this.#batch(positions, received);
        this.#buffers.push(received.buffer);
      }
    } finally {
      for (const { produced } of underWay) {
        void produced.then(
          ({ buffer }) => this.#buffers.push(buffer),
          () => {},
        );
      }
    }
  }

  async close(): Promise<void> {
    this.#buffers.length = 0;
    await this.#producer.close();
  }

  #order(epoch: number): SampledOrder {
    if (this.#sampler !== null) return this.#sampler.order(epoch);
    const positions = Uint32Array.from({ length: this.#split.length }, (_, position) => position);
    return { positions, repetitions: null };
  }

  #ofStep(ofEpoch: Uint32Array, step: number): Uint32Array {
    const { batchSize } = this.#options;
    return ofEpoch.slice(step * batchSize, (step + 1) * batchSize);
  }

  #takeBuffer(): ArrayBuffer {
    return this.#buffers.pop() ?? new ArrayBuffer(this.#layout.bufferBytes);
  }

  async #receive(
    produced: Promise<ProducedBatch>,
    at: { epoch: number; step: number },
  ): Promise<ProducedBatch> {
    try {
      return await produced;
    } catch (cause) {
      if (cause instanceof LoaderClosedError) throw cause;
      const { name, message } = cause as Error;
      throw new LoaderError(
        `Expected batch ${at.step} of epoch ${at.epoch} of the ${this.#split.name} split. Received: ${name}: ${message}` +
          (cause instanceof WorkerEndedError ? this.#describeSuspects(cause) : ""),
        { cause },
      );
    }
  }

  /** ` It ended at picture cat/3 (/photos/cat/3.jpg).` */
  #describeSuspects({ suspects }: WorkerEndedError): string {
    const { sourceIndices, ids, source } = this.#split;
    const names = suspects.slice(0, MOST_SUSPECTS_NAMED).map((index) => {
      const location = source.kind === "files" ? source.locations[index] : undefined;
      const file = location && fileOf(location);
      return `${ids[sourceIndices.indexOf(index)] ?? index}${file === undefined ? "" : ` (${file})`}`;
    });
    if (suspects.length <= 1) return names.map((name) => ` It ended at picture ${name}.`).join("");
    const more = suspects.length - names.length;
    return (
      ` No single picture ends one: it was making ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ` +
      "Where memory is short, smaller batches or fewer workers need less."
    );
  }

  #batch(positions: Uint32Array, { buffer, mix }: ProducedBatch): Contents {
    const { height, width, channels } = this.#layout.shape;
    const count = positions.length;
    const labels = Int32Array.from(positions, (position) => this.#split.labels[position] as number);
    const { weights: ofSplit, labelSets } = this.#split;
    const own = ofSplit ? Float32Array.from(positions, (position) => ofSplit[position] as number) : undefined;
    const partner = own && mix ? rolled(own) : undefined;
    const sets = labelSets && mixLabelSets(labelSets, positions, { share: mix?.weight ?? 1, own, partner });
    const weights = sets ? sets.weights : own;
    const known: LabelledBatch = {
      shape: [count, height, width, channels],
      labels,
      ids: Array.from(positions, (position) => this.#split.ids[position] as string),
      ...(weights && { weights }),
      ...(sets && { targets: sets.targets }),
      ...(mix &&
        !sets && {
          mixed: { labels: rolled(labels), ...(partner && { weights: partner }), weight: mix.weight },
        }),
    };
    return { ...known, ...this.#layout.contentsOf(buffer, count, mix) } as Contents;
  }
}

interface PictureWeights {
  /** Of a picture's own labels; the rest is its partner's. */
  readonly share: number;
  readonly own: Float32Array | undefined;
  readonly partner: Float32Array | undefined;
}

/**
 * The loss is linear in targets, so that the mixture of a picture's and its partner's, each with its own weight, is the loss of
 * one target at one weight.
 */
function mixLabelSets(labelSets: LabelSets, positions: Uint32Array, { share, own, partner }: PictureWeights) {
  const sets = selectLabelSets(labelSets, positions);
  if (share === 1) return { targets: Float32Array.from(sets), weights: own };
  const others = selectLabelSets(labelSets, rolled(Int32Array.from(positions)));
  const weights =
    own && partner && own.map((weight, i) => share * weight + (1 - share) * (partner[i] as number));
  const classes = sets.length / positions.length;
  const targets = Float32Array.from(sets, (value, at) => {
    const i = Math.floor(at / classes);
    // Of no weight at all: whatever the target, it does not count.
    const shareHere = weights?.[i] ? (share * (own?.[i] as number)) / weights[i] : share;
    return shareHere * value + (1 - shareHere) * (others[at] as number);
  });
  return { targets, weights };
}
