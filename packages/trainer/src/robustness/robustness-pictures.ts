/** The pictures whose robustness is measured, as the data set gives them, and the network's accuracy on them once something is done to them. */
import { setImmediate } from "node:timers/promises";
import { createSplit, type DatasetSplit } from "@convkit/data";
import { accuracy } from "@convkit/evaluator";
import {
  affineProjection,
  valuesPerImage,
  warp,
  type AffineOptions,
  type ByteImage,
  type ImageBatchShape,
} from "@convkit/transforms";
import type { AnyBatch } from "../batch-tensors.js";
import type { JudgedRun } from "../judged-run.js";
import { predict } from "../predict.js";

/** Changes one picture. @returns its pixels, in an array of their own or the picture's. */
export type PictureChange = (image: ByteImage, position: number) => Uint8Array;

/** Pictures that are changed at a time, rounded up to whole batches of the run's: as bytes, 38 MB of 224 × 224 pixels. */
const LEAST_CHANGED = 256;

export class RobustnessPictures {
  readonly #run: JudgedRun;
  readonly #images: Uint8Array;
  readonly #sample: DatasetSplit;
  readonly #signal: AbortSignal | undefined;
  readonly shape: ImageBatchShape;

  private constructor(
    run: JudgedRun,
    sample: DatasetSplit,
    {
      images,
      shape,
      signal,
    }: { images: Uint8Array; shape: ImageBatchShape; signal: AbortSignal | undefined },
  ) {
    this.#run = run;
    this.#sample = sample;
    this.#images = images;
    this.#signal = signal;
    this.shape = shape;
  }

  /** @param sample of pictures that are of one class each. */
  static async read(run: JudgedRun, sample: DatasetSplit, signal?: AbortSignal): Promise<RobustnessPictures> {
    const { images, shape } = await sample.readImages(Array.from(sample.ids.keys()));
    return new RobustnessPictures(run, sample, { images, shape, signal });
  }

  /** As the run is judged: through the evaluation transforms, and by several views if its config says so. */
  async accuracyOf(change: PictureChange = ({ pixels }) => pixels): Promise<number> {
    const { data, model } = this.#run;
    const changed = { epoch: () => this.batches(change) };
    const predictions = await predict(model, changed, {
      split: this.#sample.name,
      classNames: data.dataset.classNames,
      testTimeAugmentation: data.config.testTimeAugmentation,
      signal: this.#signal,
    });
    return accuracy(predictions);
  }

  /** Turned or scaled about the middle, bilinearly, black beyond the edges. */
  warpedAccuracy(options: AffineOptions): Promise<number> {
    const projection = affineProjection(options);
    return this.accuracyOf((image) => {
      const pixels = image.pixels.slice();
      warp({ ...image, pixels }, projection, { interpolation: "bilinear", fill: [0] });
      return pixels;
    });
  }

  /** Of the changed pictures, through the evaluation transforms; a few at a time are held changed, however many there are. */
  async *batches(change: PictureChange = ({ pixels }) => pixels): AsyncGenerator<AnyBatch> {
    const { batchSize } = this.#run.data.config;
    const most = batchSize * Math.ceil(LEAST_CHANGED / batchSize);
    for (let start = 0; start < this.shape.count; start += most) {
      const changed = await this.#changed(change, start, Math.min(most, this.shape.count - start));
      const loader = await this.#run.openLoader(changed);
      try {
        yield* loader.epoch(0);
      } finally {
        await loader.close();
      }
    }
  }

  async #changed(change: PictureChange, start: number, count: number): Promise<DatasetSplit> {
    const values = valuesPerImage(this.shape);
    const images = new Uint8Array(new SharedArrayBuffer(count * values));
    for (let i = 0; i < count; i++) {
      await this.letIn();
      const pixels = this.#images.subarray((start + i) * values, (start + i + 1) * values);
      images.set(change({ ...this.shape, pixels }, start + i), i * values);
    }
    const { name, labels, ids } = this.#sample;
    return createSplit({
      name,
      images,
      shape: { ...this.shape, count },
      labels: labels.subarray(start, start + count),
      ids: ids.slice(start, start + count),
    });
  }

  /**
   * Lets in what waits, a signal above all: pictures in memory are predicted without ever waiting themselves.
   * @throws the signal's reason, once it is aborted.
   */
  async letIn(): Promise<void> {
    await setImmediate();
    this.#signal?.throwIfAborted();
  }

  /** Names a picture whatever else is in the sample. */
  idAt(position: number): string {
    return this.#sample.ids[position]!;
  }
}
