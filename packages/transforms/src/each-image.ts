/** A transform that keeps the shape and changes each picture by itself, in place. */
import type { Rng } from "@convkit/random";
import { imageAt, type Image } from "./image.js";
import type { ImageBatchShape } from "./image-batch.js";
import type { Transform } from "./transform.js";

export interface ImageChange<Parameters> {
  /** Draws what is done to one picture. @returns null: nothing. */
  sample(rng: Rng, shape: ImageBatchShape): Parameters | null;
  change(image: Image, parameters: Parameters): void;
  /** @throws {ShapeError} if such pictures cannot be changed so. */
  check?(shape: ImageBatchShape): void;
}

export function eachImage<Parameters>(change: ImageChange<Parameters>): Transform<Parameters | null> {
  return {
    outputShape(shape) {
      change.check?.(shape);
      return shape;
    },
    sample: (rng, shape) => change.sample(rng, shape),
    apply(images, shape, parameters) {
      for (const [index, drawn] of parameters.entries()) {
        if (drawn !== null) change.change(imageAt(images, shape, index), drawn);
      }
      return images;
    },
  };
}

/** A change that is made with a probability, and always in the same way. */
export const withProbability = (p: number, change: (image: Image) => void): Transform<boolean | null> =>
  eachImage<boolean>({ sample: (rng) => rng.bernoulli(p) || null, change });

/** A number of a range, each as likely. */
export const uniformIn = (rng: Rng, [low, high]: readonly [number, number]): number =>
  low + (high - low) * rng.uniform();
