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

/**
 * Muon as airbench94_muon.py has it, for data sets of few pictures; the rest learns as `AIRBENCH_SGD`, at 0.00083 a picture
 * for the mean loss. Batch norm's epsilon is PyTorch's: borders without colour have channels of almost no variance.
 */
function airbenchMuon(batchSize: number, learningRate: number, filters?: number[]) {
  return {
    model: { name: "airbench94", options: { epsilon: 1e-5, ...(filters && { filters }) } },
    loss: { name: "cross-entropy", labelSmoothing: 0.2 },
    optimizer: {
      name: "muon",
      iterations: 3,
      otherLearningRate: Number(((batchSize * 0.00083) / learningRate).toFixed(3)),
      weightDecay: 0.0024,
      decay: "coupled",
      groups: AIRBENCH_SGD.groups.map((group) => ({ ...group, learningRate: 64, weightDecay: 1 / 64 })),
    },
    schedule: { name: "polynomial", power: 1 },
    batchSize,
    learningRate,
  } satisfies Partial<RunConfigInput>;
}

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
  "gtsrb32-airbench94": {
    summary: "made for 97 % of traffic signs of 32 px, a folder for each class",
    dataset: "pictures of your own",
    config: {
      ...airbenchMuon(500, 0.17),
      data: { source: "./gtsrb32", validationFraction: 0 },
      transforms: {
        train: [
          {
            name: "RandomAffine",
            degrees: 10,
            translate: [0.05, 0.05],
            scale: [0.86, 1.16],
            shear: 5,
            interpolation: "bilinear",
          },
          { name: "ColorJitter", brightness: 0.4, contrast: 0.3, saturation: 0.3 },
          { name: "Normalize", mean: [0.342, 0.316, 0.326], std: [0.276, 0.267, 0.274] },
        ],
        evaluation: [{ name: "Normalize", mean: [0.342, 0.316, 0.326], std: [0.276, 0.267, 0.274] }],
      },
      epochs: 30,
      testTimeAugmentation: "translate",
    },
  },
  "pneumoniamnist-airbench94": {
    summary: "made for 85 % of small chest X-rays, with validation pictures of their own",
    dataset: "pictures of your own",
    config: {
      ...airbenchMuon(250, 0.12),
      loss: { name: "cross-entropy", labelSmoothing: 0.2, classWeights: "balanced" },
      data: { source: "./pneumoniamnist", validationFraction: 0 },
      transforms: {
        train: [
          { name: "RandomCrop", size: [28, 28], padding: 2 },
          { name: "Normalize", mean: [0.572], std: [0.168] },
        ],
        evaluation: [{ name: "Normalize", mean: [0.572], std: [0.168] }],
      },
      epochs: 20,
      checkpoint: { monitor: "val_loss" },
      testTimeAugmentation: "translate",
    },
  },
  "flowers5-airbench94": {
    summary: "made for 75 % of flowers from a thousand photos, from scratch",
    dataset: "pictures of your own",
    config: {
      ...airbenchMuon(95, 0.08, [64, 128, 256, 256]),
      data: { source: "./flowers5", validationFraction: 0, imageSize: [128, 128] },
      transforms: {
        train: [
          { name: "RandomHorizontalFlip" },
          { name: "RandomRotation", degrees: 10, interpolation: "bilinear" },
          { name: "RandomResizedCrop", size: [96, 96], scale: [0.35, 1] },
          { name: "ColorJitter", brightness: 0.4, contrast: 0.3, saturation: 0.4 },
          { name: "Normalize", mean: [0.472, 0.432, 0.312], std: [0.31, 0.281, 0.307] },
        ],
        evaluation: [
          { name: "Resize", size: [96, 96] },
          { name: "Normalize", mean: [0.472, 0.432, 0.312], std: [0.31, 0.281, 0.307] },
        ],
      },
      epochs: 60,
      testTimeAugmentation: "flip-translate",
    },
  },
} satisfies Record<string, NamedRecipe>;

export type RecipeName = keyof typeof RECIPES;

export const RECIPE_NAMES = Object.keys(RECIPES) as RecipeName[];
