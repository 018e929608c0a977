/**
 * Whole configs that were made for an accuracy, by name: `convkit train --recipe` and the dashboard's form begin with
 * them. Data alone, so that a page can hold them; docs/results.md says what they reached, docs/decisions/0022-recipes-for-accuracy.md
 * how they were chosen.
 *
 * All train on every training picture and keep the last weights: what they decide was decided on validation pictures.
 * `--set data.validationFraction=0.1` holds some back again.
 */
import type { RunConfigInput } from "./run-config.js";

export interface NamedRecipe {
  /** One line for a list. */
  readonly summary: string;
  /** What it was made for: a name that `convkit train` knows, or pictures of one's own. */
  readonly dataset: string;
  readonly config: Omit<RunConfigInput, "data" | "model"> & {
    readonly data: Partial<RunConfigInput["data"]>;
    readonly model: RunConfigInput["model"];
  };
}

/**
 * SGD as airbench94's: momentum 0.85, decay through the momentum, biases of batch norm 64 times as fast and decayed as much
 * as the rest, the whitening layer's bias at rest after three epochs. Rates are for the mean loss of a batch.
 */
const AIRBENCH_SGD = {
  name: "sgd",
  momentum: 0.85,
  nesterov: true,
  weightDecay: 0.0153 / 11.5,
  decay: "coupled",
  groups: [
    { weights: "^group\\d-norm\\d/beta$", learningRate: 64, weightDecay: 1 / 64 },
    { weights: "^whiten/bias$", weightDecay: 1, untilEpoch: 3 },
  ],
} satisfies RunConfigInput["optimizer"];

/** 11.5 for 1,024 pictures and a summed loss, without momentum's own factor: 1.5 for the mean loss of so many. */
const AIRBENCH_RATE_PER_PICTURE = 1.5 / 1024;

const AIRBENCH = {
  model: { name: "airbench94" },
  loss: { name: "cross-entropy", labelSmoothing: 0.2 },
  optimizer: AIRBENCH_SGD,
  schedule: { name: "triangular", startFactor: 0.2, peakFraction: 0.23, finalFactor: 0.07 },
  lookahead: { everySteps: 5, slowShare: 0.95 ** 5, power: 3 },
} satisfies Partial<RunConfigInput>;

export const RECIPES = {
  "cifar10-airbench94": {
    summary: "made for 94 % of CIFAR-10: the published recipe in batches of 512",
    dataset: "cifar10",
    config: {
      ...AIRBENCH,
      data: { source: "cifar10", validationFraction: 0 },
      transforms: {
        train: [
          { name: "AlternatingFlip" },
          { name: "RandomCrop", size: [32, 32], padding: 2, paddingMode: "reflect" },
          { name: "Normalize", mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
        ],
        evaluation: [{ name: "Normalize", mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] }],
      },
      batchSize: 512,
      learningRate: 512 * AIRBENCH_RATE_PER_PICTURE,
      epochs: 10,
      testTimeAugmentation: "flip-translate",
    },
  },
  "fashion-mnist-airbench94": {
    summary: "made for 94.5 % of Fashion-MNIST, with CIFAR-10's fastest network",
    dataset: "fashion-mnist",
    config: {
      ...AIRBENCH,
      data: { source: "fashion-mnist", validationFraction: 0 },
      transforms: {
        train: [
          { name: "RandomHorizontalFlip" },
          { name: "RandomCrop", size: [28, 28], padding: 2, paddingMode: "reflect" },
          { name: "Normalize", mean: [0.286], std: [0.353] },
          { name: "RandomErasing", p: 0.5, scale: [0.1, 0.1], ratio: [1, 1] },
        ],
        evaluation: [{ name: "Normalize", mean: [0.286], std: [0.353] }],
      },
      batchSize: 512,
      learningRate: 512 * AIRBENCH_RATE_PER_PICTURE,
      epochs: 20,
      testTimeAugmentation: "flip-translate",
    },
  },
  "mnist-airbench94": {
    summary: "made for 99.6 % of MNIST, with half of that network",
    dataset: "mnist",
    config: {
      ...AIRBENCH,
      model: { name: "airbench94", options: { filters: [32, 128, 128] } },
      data: { source: "mnist", validationFraction: 0 },
      transforms: {
        train: [
          { name: "RandomCrop", size: [28, 28], padding: 2 },
          { name: "Normalize", mean: [0.1307], std: [0.3081] },
        ],
        evaluation: [{ name: "Normalize", mean: [0.1307], std: [0.3081] }],
      },
      batchSize: 512,
      learningRate: 512 * AIRBENCH_RATE_PER_PICTURE,
      epochs: 10,
      testTimeAugmentation: "translate",
    },
  },
} satisfies Record<string, NamedRecipe>;

export type RecipeName = keyof typeof RECIPES;

export const RECIPE_NAMES = Object.keys(RECIPES) as RecipeName[];
