/**
 * Which pictures an epoch is made of, and in which order: a function of the Rng's seed and the epoch alone.
 *
 * By weights, pictures are drawn with replacement, as PyTorch's `WeightedRandomSampler` draws them; class balance is the
 * weight 1 / count of the class, so that each class is drawn equally often in expectation. Repeated augmentation: Hoffer
 * et al. 2020, "Augment your batch", https://arxiv.org/abs/1901.09335, and Berman et al. 2019, "MultiGrain", § 3.3,
 * https://arxiv.org/abs/1902.05509, with the epoch's length kept as timm's `RepeatAugSampler` keeps it: an epoch shows a
 * part of the pictures. Differs from it: within a batch, the same picture's turns stand apart, for MixUp and CutMix mix
 * a picture with its neighbour.
 */
import type { Rng } from "@convkit/random";
import type { SamplingSpec } from "@convkit/schema";
import type { Labelled } from "../label-sets.js";

/** As in a config, with weights by class index. */
export type Sampling =
  | Exclude<SamplingSpec, { name: "weighted" }>
  | {
      readonly name: "weighted";
      /** Per class: how often one of its pictures is drawn beside one of weight 1. */
      readonly weights: readonly number[];
    };

/** Of one epoch. */
export interface SampledOrder {
  /** In the split, step by step. */
  readonly positions: Uint32Array;
  /** Of each of `positions`, how often it came before in the epoch; null: none comes twice. */
  readonly repetitions: Uint32Array | null;
}

/** Weights are given to a class that the data set has not, leave no picture to draw, or need one class a picture. */
export class SamplingError extends Error {
  override readonly name = "SamplingError";
}

/**
 * A config's sampling for a data set with these classes.
 *
 * @throws {SamplingError} if weights are given to a class that is not among them.
 */
export function samplingOf(spec: SamplingSpec, classNames: readonly string[]): Sampling {
  if (spec.name !== "weighted") return spec;
  const weights = new Map(Object.entries(spec.weights));
  const unknown = [...weights.keys()].find((className) => !classNames.includes(className));
  if (unknown !== undefined) {
    throw new SamplingError(
      `Expected \`sampling.weights\` by names of the classes: ${classNames.join(", ")}. Received: ${unknown}.`,
    );
  }
  return { name: "weighted", weights: classNames.map((className) => weights.get(className) ?? 1) };
}

/** @throws {SamplingError} if pictures that have label sets are to be drawn by weights of their classes. */
export function checkSampling({ name }: Sampling, { labelSets }: Labelled): void {
  if (labelSets === undefined || (name !== "class-balanced" && name !== "weighted")) return;
  throw new SamplingError(
    `Expected \`sampling\` shuffle or repeated-augmentation of pictures that have any number of labels. Received: ${name}, ` +
      "which draws by the one class of each. Let rare labels count more by `loss.classWeights` balanced.",
  );
}

/** Draws orders of a split's pictures. */
export class Sampler {
  readonly #labels: Int32Array;
  readonly #options: { readonly sampling: Sampling; readonly batchSize: number; readonly rng: Rng };
  /** Of each picture, the weights up to and with its own; null where none are drawn by weight. */
  readonly #cumulated: Float64Array | null;

  /**
   * @param labels class index per picture.
   * @param options.rng orders come from its children.
   * @throws {SamplingError} if no picture has a weight.
   */
  constructor(labels: Int32Array, options: { sampling: Sampling; batchSize: number; rng: Rng }) {
    this.#labels = labels;
    this.#options = options;
    this.#cumulated = cumulatedWeights(labels, options.sampling);
  }

  /** As many pictures as the split has. */
  order(epoch: number): SampledOrder {
    const { sampling, rng } = this.#options;
    const count = this.#labels.length;
    switch (sampling.name) {
      case "shuffle":
        return { positions: rng.split("shuffle").split(epoch).permutation(count), repetitions: null };
      case "class-balanced":
      case "weighted":
        return counted(this.#drawByWeight(rng.split("sampling").split(epoch)));
      case "repeated-augmentation": {
        const order = rng.split("sampling").split(epoch).permutation(count);
        return counted(this.#repeat(order, sampling.repeats));
      }
      default:
        return sampling satisfies never;
    }
  }

  #drawByWeight(rng: Rng): Uint32Array {
    const cumulated = this.#cumulated as Float64Array;
    const total = cumulated[cumulated.length - 1] as number;
    return Uint32Array.from(cumulated, () => firstAbove(cumulated, rng.uniform() * total));
  }

  /** 0 1 2 0 1 2 3 … of each batch, for two turns each of the order's first half. */
  #repeat(order: Uint32Array, repeats: number): Uint32Array {
    const { batchSize } = this.#options;
    const positions = new Uint32Array(order.length);
    for (let start = 0; start < order.length; start += batchSize) {
      const places = Array.from(
        { length: Math.min(batchSize, order.length - start) },
        (_, i) => start + i,
      ).sort((a, b) => (a % repeats) - (b % repeats) || a - b);
      places.forEach((place, i) => {
        positions[start + i] = order[Math.floor(place / repeats)] as number;
      });
    }
    return positions;
  }
}

function cumulatedWeights(labels: Int32Array, sampling: Sampling): Float64Array | null {
  if (sampling.name !== "class-balanced" && sampling.name !== "weighted") return null;
  const weightOf = sampling.name === "weighted" ? givenWeights(sampling.weights) : balancingWeights(labels);
  let sum = 0;
  const cumulated = Float64Array.from(labels, (label) => (sum += weightOf(label)));
  if (labels.length > 0 && !(sum > 0 && Number.isFinite(sum))) {
    throw new SamplingError(
      `Expected weights of which one is above 0 and has pictures. Received: a sum of ${sum} over ` +
        `${labels.length} pictures. Give the classes to learn from weights above 0.`,
    );
  }
  return cumulated;
}

function givenWeights(weights: readonly number[]): (label: number) => number {
  return (label) => weights[label] ?? 1;
}

function balancingWeights(labels: Int32Array): (label: number) => number {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return (label) => 1 / (counts.get(label) as number);
}

/** Index of the first value above `limit`, which is below the last; those that are no higher than the one before have no weight. */
function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

function counted(positions: Uint32Array): SampledOrder {
  const counts = new Uint32Array(positions.length);
  const repetitions = positions.map((position) => {
    const before = counts[position] as number;
    counts[position] = before + 1;
    return before;
  });
  return { positions, repetitions };
}
