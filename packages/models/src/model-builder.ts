/** What every network is built from: the shapes around it, its randomness and, if it wants them, pictures. */
import type { Rng } from "@convkit/random";
import type * as tf from "@tensorflow/tfjs";

/** [height, width, channels] */
export type InputShape = readonly [height: number, width: number, channels: number];

/** Pictures as the network will see them, normalised. */
export type SampleImages = {
  /** float32 [count, height, width, channels] */
  images: Float32Array;
  count: number;
};

export type ModelContext = {
  inputShape: InputShape;
  numClasses: number;
  /** Weights and dropout masks come from `rng.split(name of the layer)`, whatever else is drawn from it. */
  rng: Rng;
  /** Called by networks alone that start from data: `airbench94` wants some thousand training pictures. */
  sampleImages?: () => Promise<SampleImages>;
};

/** What the figures of a list are for: the pictures and classes that a network was published with. */
export type ModelReference = {
  inputShape: InputShape;
  numClasses: number;
  /** Trainable ones. */
  parameters: number;
  /** `countFlops`: two for each multiply-add. */
  flops: number;
};

/** A network of the registry. */
export type ModelDefinition = {
  /** The paper or program it follows. */
  source: string;
  /** Least height and width in pixels. */
  minSize: number;
  /** Constants, as building the networks takes seconds and gigabytes; a test holds them to what is built. */
  reference: ModelReference;
  /**
   * The layer whose output is the features that the classifier reads. The name of a layer with weights begins with its
   * stage's and a hyphen: `stem-conv`, `stage1-block1-conv1`.
   */
  features: string;
  /** @throws {ModelConfigError} if the options are not the network's. */
  build: (context: ModelContext, options: unknown) => tf.LayersModel | Promise<tf.LayersModel>;
};
