/** What `explain`, `review`, `project`, `robustness`, `verify` and `benchmark` leave of a seeded run, in small. */
import type {
  BenchmarkReport,
  Explanations,
  LabelReview,
  LabelSetReview,
  Projection,
  RobustnessReport,
  VerificationReport,
} from "@convkit/schema";
import { cardOf, pictureId } from "./seed-dataset.js";
import { drawPicture } from "./seed-thumbnails.js";

const { classNames } = cardOf("cifar10");
const [CAT, DEER, DOG] = [3, 4, 5];
const ids = Array.from({ length: 40 }, (_, index) => pictureId(index));

const picture = { label: CAT, prediction: DOG, probability: 0.97, explained: DOG, peak: { x: 0.25, y: 0.5 } };
const explanations = {
  formatVersion: 1,
  method: "grad-cam",
  split: "test",
  classNames,
  searched: 30,
  pictures: [
    { ...picture, id: pictureId(3), chosenAs: "mistake", file: "0-mistake.png" },
    { ...picture, id: pictureId(13), chosenAs: "mistake", file: "1-mistake.png", probability: 0.8 },
    { ...picture, id: pictureId(5), label: DOG, chosenAs: "uncertain", file: "2-uncertain.png" },
    {
      ...picture,
      id: pictureId(15),
      label: DOG,
      chosenAs: "poor-reason",
      file: "3-poor-reason.png",
      reasons: ["frame"],
      frameShare: 0.75,
    },
  ],
  sanity: {
    pictures: 4,
    stages: [
      { stage: "logits", rankCorrelation: 0.8 },
      { stage: "conv1", rankCorrelation: 0.12 },
    ],
  },
} satisfies Explanations;

const square = classNames.map((_, row) => classNames.map((__, column) => (row === column ? 0.1 : 0)));
const suspect = { split: "test", label: CAT, labelProbability: 0.01, quality: 0.01, isSuspect: true };
const labelReview = {
  formatVersion: 1,
  runId: "seeded",
  classNames,
  folds: 3,
  counts: { train: 1500, test: 40 },
  suspectCount: 1,
  confidentJoint: square,
  joint: square,
  labels: [
    {
      ...suspect,
      id: pictureId(3),
      suggestion: DOG,
      suggestionProbability: 0.97,
      why: "confidently dog, which cat is rarely taken for",
    },
    {
      ...suspect,
      id: pictureId(23),
      isSuspect: false,
      suggestion: DEER,
      suggestionProbability: 0.4,
      why: "the label is not the likeliest class",
    },
  ],
  copies: [
    {
      kind: "exact",
      count: 2,
      pictures: [
        { id: "train/a", split: "train", className: "airplane", similarity: 1 },
        { id: pictureId(30), split: "test", className: "airplane", similarity: 1 },
      ],
      isLeak: true,
      isConflict: false,
    },
  ],
} satisfies LabelReview;

const projection = {
  formatVersion: 1,
  split: "test",
  classNames,
  ids,
  labels: ids.map((_, index) => index % 10),
  pca: {
    x: ids.map((_, index) => index),
    y: ids.map((_, index) => (index * 7) % 11),
    explained: [0.5, 0.25],
  },
  neighbours: {
    split: "train",
    ids: ["train/a", "train/b"],
    labels: [0, 1],
    of: ids.map(() => [1, 0]),
    similarity: ids.map(() => [0.9, 0.5]),
  },
} satisfies Projection;

const robustness = {
  formatVersion: 1,
  split: "test",
  count: 40,
  seed: 0,
  accuracy: 0.9,
  corruptions: {
    scale: "cifar",
    byName: [{ name: "gaussian_noise", accuracies: [0.8, 0.7, 0.6, 0.5, 0.4] }],
    meanCorruptionError: 0.4,
    relativeMeanCorruptionError: 0.3,
    baseline: "20260101-000000-aaaaaa",
    overBaseline: [{ name: "gaussian_noise", error: 0.85, relativeError: 1.2 }],
  },
} satisfies RobustnessReport;

const parity = { count: 250, largestLogitDifference: 0.00012, meanLogitDifference: 0.00001, agreement: 1 };
const verification = {
  formatVersion: 1,
  runId: "seeded",
  verifiedAt: "2026-11-28T12:00:00Z",
  engine: "native",
  browser: "Chromium 150.0.7871.100",
  backend: "wasm",
  sameBytes: parity,
  files: { ...parity, largestLogitDifference: 0.5, agreement: 0.996 },
  device: "CPU, AVX-512",
  versions: { tfjs: "4.22.0" },
  split: "test",
  isAlike: true,
  disagreements: [{ id: pictureId(7), node: "horse", browser: "deer", largestLogitDifference: 0.5 }],
  undecodable: [],
} satisfies VerificationReport;

const engine = { device: "CPU, AVX-512", threads: 2, versions: { tfjs: "4.22.0" } };
const benchmark = {
  formatVersion: 1,
  runId: "seeded",
  measuredAt: "2026-11-28T12:00:00Z",
  cpu: "A processor",
  inputShape: [32, 32, 3],
  parameters: 93_322,
  modelBytes: 400_000,
  engines: [
    {
      ...engine,
      name: "native",
      latencyMs: { min: 1.1, p50: 1.25, p90: 1.5, p99: 2.5, count: 900 },
      throughput: [
        { batchSize: 1, imagesPerSecond: 790.4, batches: 900 },
        { batchSize: 32, imagesPerSecond: 2400.2, batches: 80 },
      ],
      peakMemoryBytes: 150_000_000,
    },
    {
      ...engine,
      name: "cpu",
      latencyMs: { min: 90, p50: 100, p90: 110, p99: 120, count: 20 },
      throughput: [{ batchSize: 1, imagesPerSecond: 10, batches: 20 }],
      peakMemoryBytes: 250_000_000,
    },
  ],
  unavailable: [{ name: "tensorflow-gpu", reason: "No graphics card was found." }],
} satisfies BenchmarkReport;

const setExplanations = {
  ...explanations,
  isMultiLabel: true,
  searched: 0,
  sanity: undefined,
  // It says that there is a dog, where there is none.
  pictures: [{ ...explanations.pictures[0]!, label: -1, prediction: DOG }],
} satisfies Explanations;

const labelSetReview = {
  formatVersion: 1,
  runId: "seeded",
  classNames,
  folds: 3,
  counts: { train: 1500, test: 40 },
  suspectCount: 2,
  suspectPictureCount: 1,
  confidentJoints: classNames.map(() => [
    [30, 1],
    [1, 8],
  ]),
  pictures: [
    {
      id: pictureId(3),
      split: "test",
      labels: [CAT, DEER],
      suspects: [
        { label: DOG, isThere: false, probability: 0.97 },
        { label: DEER, isThere: true, probability: 0.02 },
      ],
      quality: 0.05,
      why: "dog is confidently seen, deer is not",
    },
    {
      id: pictureId(23),
      split: "test",
      labels: [],
      suspects: [],
      quality: 0.4,
      why: "among the least sure",
    },
  ],
  copies: labelReview.copies,
} satisfies LabelSetReview;

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** By the path in a run's folder. The overlays are no maps, but pictures of the size that they would have. */
export const insightFiles: Readonly<Record<string, Uint8Array>> = {
  "artifacts/explanations/index.json": json(explanations),
  ...Object.fromEntries(
    explanations.pictures.map(({ file }, index) => [
      `artifacts/explanations/${file}`,
      drawPicture(index + 1, classNames.length),
    ]),
  ),
  "artifacts/label-review.json": json(labelReview),
  "artifacts/projection.json": json(projection),
  "artifacts/robustness.json": json(robustness),
  "artifacts/verification.json": json(verification),
  "artifacts/benchmark.json": json(benchmark),
};

/** Of a run whose pictures have any number of labels. */
export const labelSetFiles: Readonly<Record<string, Uint8Array>> = {
  ...insightFiles,
  "artifacts/explanations/index.json": json(setExplanations),
  "artifacts/label-set-review.json": json(labelSetReview),
};
