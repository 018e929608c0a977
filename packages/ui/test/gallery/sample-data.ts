/** Made-up experiments with everything that real ones have: noise, an outlier, a run that diverged. */
import type { CurveSeries, ParallelRun } from "../../src/charts.js";
import { strokesOfRuns } from "../../src/run-colors.js";

/** Always the same numbers between 0 and 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const modelNames = ["resnet9", "resnet20", "simple-cnn", "airbench94"];

export interface SampleRun {
  id: string;
  name: string;
  status: "running" | "completed" | "failed" | "interrupted" | "queued";
  model: string;
  learningRate: number;
  batchSize: number;
  seed: number;
  accuracy: number | null;
  loss: number;
  durationMs: number;
  progress: number;
  losses: number[];
}

export function sampleRuns(count: number): SampleRun[] {
  const random = seeded(7);
  return Array.from({ length: count }, (_, index) => {
    const model = modelNames[index % modelNames.length] ?? "";
    const learningRate = Number((10 ** (-3.5 + 3 * random())).toPrecision(2));
    const diverged = index % 17 === 5;
    const accuracy = 0.7 + 0.22 * (1 - Math.abs(Math.log10(learningRate) + 1.7) / 2) + 0.03 * random();
    const losses = Array.from({ length: 20 }, (_, epoch) =>
      diverged && epoch > 12 ? NaN : 0.3 + 1.8 * Math.exp(-epoch / 5) + 0.15 * random(),
    );
    return {
      id: `run-${index}`,
      name: `${model}-lr${learningRate}-s${index % 3}`,
      status:
        index === 0
          ? "running"
          : index === 3
            ? "queued"
            : diverged
              ? "failed"
              : index % 23 === 9
                ? "interrupted"
                : "completed",
      model,
      learningRate,
      batchSize: [64, 128, 256][index % 3] ?? 64,
      seed: index % 3,
      accuracy: diverged ? null : accuracy,
      loss: losses.at(-1) ?? NaN,
      durationMs: 60_000 + random() * 7_000_000,
      progress: index === 0 ? 0.42 : 1,
      losses,
    };
  });
}

/** Smoothed as the server does it: an exponential average over all points. */
function smoothed(y: Float64Array, weight: number): Float64Array {
  let last = y[0] ?? 0;
  return y.map((value) => (Number.isFinite(value) ? (last = last * weight + value * (1 - weight)) : value));
}

export function sampleCurves(count: number, points: number): CurveSeries[] {
  const random = seeded(3);
  const names = Array.from({ length: count }, (_, index) => `${modelNames[index % 4]}-s${index}`);
  const strokes = strokesOfRuns(names);
  return names.map((label, index) => {
    const x = Float64Array.from({ length: points }, (_, i) => i * (10 + (index % 3)));
    const floor = 0.2 + 0.07 * index;
    const y = x.map((_, i) => floor + 2 * Math.exp(-(i / points) * 5) + 0.35 * (random() - 0.5));
    return { id: label, label, ...(strokes.get(label) ?? { color: "" }), x, y, smooth: smoothed(y, 0.94) };
  });
}

/** The second run meets an outlier and then diverges. */
export function divergedCurves(): CurveSeries[] {
  const [good, bad] = sampleCurves(2, 300);
  if (!good || !bad) return [];
  const y = bad.y.map((value, i) =>
    i === 120 ? 4.5 : i >= 200 && i < 230 ? Infinity : i >= 230 ? NaN : value,
  );
  return [good, { ...bad, y, smooth: smoothed(y, 0.94) }];
}

export function sampleParallelRuns(count: number): ParallelRun[] {
  return sampleRuns(count).map(({ id, name, accuracy, ...values }) => ({
    id,
    label: name,
    values: {
      learningRate: values.learningRate,
      batchSize: values.batchSize,
      model: values.model,
      durationMs: values.durationMs / 60_000,
      loss: values.loss,
    },
    metric: accuracy,
  }));
}

export const cifarLabels = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
];

export function sampleConfusion(size: number): { labels: string[]; counts: number[][] } {
  const random = seeded(11);
  const labels = Array.from({ length: size }, (_, i) =>
    size === 10 ? (cifarLabels[i] ?? "") : `class ${i + 1}`,
  );
  const counts = labels.map((_, row) =>
    labels.map((_, column) => {
      if (row === column) return 820 + Math.floor(random() * 160);
      const alike = size === 10 && [row, column].sort().join() === "3,5" ? 90 : 0;
      return random() < 0.45 ? 0 : Math.floor(random() ** 3 * 30) + alike;
    }),
  );
  return { labels, counts };
}

/** A picture of 8 × 8 coloured squares. */
export function samplePicture(index: number): string {
  const random = seeded(index);
  const hue = Math.floor(random() * 360);
  const squares = Array.from(
    { length: 64 },
    (_, i) =>
      `<rect x="${i % 8}" y="${Math.floor(i / 8)}" width="1" height="1" fill="hsl(${hue + 50 * random()} 40% ${25 + 50 * random()}%)"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="32" height="32" shape-rendering="crispEdges">${squares.join("")}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export const sampleConfig = {
  model: { name: "resnet9", dropout: 0.1 },
  optimizer: { name: "sgd", learningRate: 0.05, momentum: 0.9, nesterov: true },
  schedule: { name: "one-cycle", peakEpoch: 8 },
  transforms: [{ name: "RandomCrop", size: 32, padding: 4 }, { name: "RandomHorizontalFlip" }],
  epochs: 30,
  batchSize: 128,
  seed: 1,
  earlyStopping: null,
  tags: [],
};
