/** What a transform is, ours or a user's: random parameters are sampled first and applied second. */
import type { Rng } from "@convkit/random";
import type { ImageBatchShape, Pixels } from "./image-batch.js";

/** What a picture's own Rng does not say. */
export interface SampleContext {
  /** From 0. */
  readonly epoch: number;
  /** The same in every epoch, and another for every picture. */
  imageRng(): Rng;
}

/** A user's module exports a function that makes one of these as its default. */
export interface Transform<Parameters = unknown> {
  /** The shape after it; without this method the shape stays. */
  outputShape?(shape: ImageBatchShape): ImageBatchShape;
  /** Draws one image's parameters from that image's own Rng. */
  sample?(rng: Rng, shape: ImageBatchShape, context: SampleContext): Parameters;
  /**
   * May write into `images` and return it, or return a new array of uint8 or float32.
   * @param parameters one per image, as `sample` returned them; empty without `sample`.
   */
  apply(images: Pixels, shape: ImageBatchShape, parameters: readonly Parameters[]): Pixels;
}

/** Called once per pipeline with the `options` of the module's entry in the config. */
export type TransformFactory = (options: Readonly<Record<string, unknown>>) => Transform;
