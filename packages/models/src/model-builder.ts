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

/** A network of the registry. */
export type ModelDefinition = {
  /** One line for a list. */
  summary: string;
  /** The paper or program it follows. */
  source: string;
  /** Least height and width in pixels. */
  minSize: number;
  /** @throws {ModelConfigError} if the options are not the network's. */
  build: (context: ModelContext, options: unknown) => tf.LayersModel | Promise<tf.LayersModel>;
};
