/** The pictures whose robustness is measured, as the data set gives them, and the network's accuracy on them once something is done to them. */
import { setImmediate } from "node:timers/promises";
import { createSplit, type DatasetSplit, type Loader } from "@convkit/data";
import { accuracy } from "@convkit/evaluator";
import {
  affineProjection,
  valuesPerImage,
  warp,
  type AffineOptions,
  type ByteImage,
  type ImageBatchShape,
} from "@convkit/transforms";
import type { JudgedRun } from "../judged-run.js";
import { predict } from "../predict.js";

/** Changes one picture. @returns its pixels, in an array of their own or the picture's. */
export type PictureChange = (image: ByteImage, position: number) => Uint8Array;

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
    const loader = await this.openLoader(change);
    try {
      const { data, model } = this.#run;
      const predictions = await predict(model, loader, {
        split: this.#sample.name,
        classNames: data.dataset.classNames,
        testTimeAugmentation: data.config.testTimeAugmentation,
        signal: this.#signal,
      });
      return accuracy(predictions);
    } finally {
      await loader.close();
    }
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

  /** Of the changed pictures, through the evaluation transforms; whoever opens it closes it. */
  async openLoader(change: PictureChange = ({ pixels }) => pixels): Promise<Loader> {
    const values = valuesPerImage(this.shape);
    const changed = new Uint8Array(new SharedArrayBuffer(this.#images.length));
    for (let position = 0; position < this.shape.count; position++) {
      await this.letIn();
      const pixels = this.#images.subarray(position * values, (position + 1) * values);
      changed.set(change({ ...this.shape, pixels }, position), position * values);
    }
    const { name, labels, ids } = this.#sample;
    return this.#run.openLoader(createSplit({ name, images: changed, shape: this.shape, labels, ids }));
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
