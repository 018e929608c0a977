/**
 * The metrics that runs are compared by, each as a function of how often every picture counts: once each for the figure itself,
 * as often as it was drawn in a resample of the bootstrap. Definitions and conventions are those of `evaluate`.
 */
import { balancedAccuracy } from "../balanced-accuracy.js";
import type { ClassCounts } from "../class-counts.js";
import { macroAverageOf, reportsOf } from "../class-report.js";
import { LABEL_THRESHOLD } from "../label-set-report.js";
import type { ClassJudgements, Judgements, LabelSetJudgements } from "./judgements.js";

/**
 * A run's figure over pictures that count so often. The counts of each class's pictures sum to their number, as in a stratified resample;
 * of label sets, those of all pictures.
 */
export type Measure = (counts: Uint32Array) => number;

export interface ComparisonMetric {
  /** In a sentence. */
  readonly words: string;
  readonly better: "higher" | "lower";
  /** Whether it is a fraction, whose differences are points of a hundred. */
  readonly isFraction: boolean;
}

export const COMPARISON_METRICS = {
  accuracy: { words: "accuracy", better: "higher", isFraction: true },
  balanced_accuracy: { words: "balanced accuracy", better: "higher", isFraction: true },
  macro_f1: { words: "macro F1", better: "higher", isFraction: true },
  mean_average_precision: { words: "mean average precision", better: "higher", isFraction: true },
  loss: { words: "loss", better: "lower", isFraction: false },
} satisfies Record<string, ComparisonMetric>;

export type ComparisonMetricName = keyof typeof COMPARISON_METRICS;

/** What a probability counts as at least, as `crossEntropy` and `labelSetFigures` have it. */
const SMALLEST = { ofClass: 1e-15, ofLabel: 1e-7 };

/** @param rows of the run, one a picture. */
export function measuresOf(
  judgements: Judgements,
  rows: Int32Array,
): ReadonlyMap<ComparisonMetricName, Measure> {
  return new Map(judgements.labelSets ? labelSetMeasures(judgements, rows) : classMeasures(judgements, rows));
}

/** Which pictures the run is right on. */
export function rightOn({ labels, predictions }: ClassJudgements, rows: Int32Array): boolean[] {
  return Array.from(rows, (row) => labels[row] === predictions[row]);
}

function classMeasures(judgements: ClassJudgements, rows: Int32Array): [ComparisonMetricName, Measure][] {
  const classCount = judgements.classNames.length;
  const labels = Int32Array.from(rows, (row) => judgements.labels[row]!);
  const predictions = Int32Array.from(rows, (row) => judgements.predictions[row]!);
  const losses = Float64Array.from(rows, (row) =>
    natsOf(judgements.labelProbabilities[row] ?? Number.NaN, SMALLEST.ofClass),
  );
  const support = new Float64Array(classCount);
  for (const label of labels) support[label]!++;
  // Few, in a network that is any good: all else follows from them.
  const wrong = Uint32Array.from(rows.keys()).filter((picture) => labels[picture] !== predictions[picture]);
  const scores: Scores = (counts) => {
    const hits = support.slice();
    const predicted = new Float64Array(classCount);
    for (const picture of wrong) {
      hits[labels[picture]!]! -= counts[picture]!;
      predicted[predictions[picture]!]! += counts[picture]!;
    }
    for (let index = 0; index < classCount; index++) predicted[index]! += hits[index]!;
    return { hits, predicted, support };
  };
  return [
    ["accuracy", (counts) => 1 - wrong.reduce((sum, picture) => sum + counts[picture]!, 0) / rows.length],
    ["balanced_accuracy", (counts) => balancedAccuracy(scores(counts))],
    ["macro_f1", (counts) => macroF1(scores(counts), judgements.classNames)],
    ["loss", meanOf(losses)],
  ];
}

function labelSetMeasures(
  judgements: LabelSetJudgements,
  rows: Int32Array,
): [ComparisonMetricName, Measure][] {
  const labelCount = judgements.classNames.length;
  const flat = <T extends Uint8Array | Float32Array>(values: T) =>
    Float64Array.from({ length: rows.length * labelCount }, (_, i) => {
      return values[rows[Math.floor(i / labelCount)]! * labelCount + (i % labelCount)]!;
    });
  const has = flat(judgements.labelSets);
  const said = flat(judgements.probabilities);
  const meanOverLabels = (valueOf: (has: number, said: number) => number) =>
    meanOf(
      Float64Array.from(rows, (_, picture) => {
        let sum = 0;
        for (let i = picture * labelCount; i < (picture + 1) * labelCount; i++)
          sum += valueOf(has[i]!, said[i]!);
        return sum / labelCount;
      }),
    );
  const scores: Scores = (counts) => {
    const [hits, predicted, support] = [0, 0, 0].map(() => new Float64Array(labelCount)) as Triple;
    for (let picture = 0, i = 0; picture < counts.length; picture++) {
      for (let label = 0; label < labelCount; label++, i++) {
        const [isThere, isSaid] = [has[i] === 1, said[i]! >= LABEL_THRESHOLD];
        if (isThere) support[label]! += counts[picture]!;
        if (isSaid) predicted[label]! += counts[picture]!;
        if (isThere && isSaid) hits[label]! += counts[picture]!;
      }
    }
    return { hits, predicted, support };
  };
  return [
    ["mean_average_precision", meanAveragePrecision({ has, said, labelCount })],
    ["macro_f1", (counts) => macroF1(scores(counts), judgements.classNames)],
    ["accuracy", meanOverLabels((is, p) => Number((is === 1) === p >= LABEL_THRESHOLD))],
    ["loss", meanOverLabels((is, p) => natsOf(is === 1 ? p : 1 - p, SMALLEST.ofLabel))],
  ];
}

// Written so that NaN stays NaN.
const natsOf = (probability: number, smallest: number) => -Math.log(Math.max(probability, smallest));

function meanOf(values: Float64Array): Measure {
  return (counts) => {
    let sum = 0;
    for (let picture = 0; picture < counts.length; picture++) sum += counts[picture]! * values[picture]!;
    return sum / counts.length;
  };
}

type Scores = (counts: Uint32Array) => ClassCounts;

type Triple = [Float64Array, Float64Array, Float64Array];

const macroF1 = (counts: ClassCounts, classNames: readonly string[]) =>
  macroAverageOf(counts, reportsOf(counts, classNames)).f1;

interface RankedLabels {
  readonly has: Float64Array;
  readonly said: Float64Array;
  readonly labelCount: number;
}

/** As `averagePrecision`, the order sorted once for all resamples; over labels that any picture has. */
function meanAveragePrecision({ has, said, labelCount }: RankedLabels): Measure {
  const count = has.length / labelCount;
  const orders = Array.from({ length: labelCount }, (_, label) =>
    Uint32Array.from({ length: count }, (_unused, picture) => picture).sort(
      (a, b) => said[b * labelCount + label]! - said[a * labelCount + label]!,
    ),
  );
  return (counts) => {
    let [sum, labels] = [0, 0];
    for (const [label, order] of orders.entries()) {
      let [found, counted, rank, area] = [0, 0, 0, 0];
      for (let place = 0; place < count; place++) {
        const i = order[place]! * labelCount + label;
        rank += counts[order[place]!]!;
        found += counts[order[place]!]! * has[i]!;
        // Pictures of one score stand or fall together.
        const next = place + 1 < count ? said[order[place + 1]! * labelCount + label] : undefined;
        if (next === said[i] || found === counted) continue;
        area += (found - counted) * (found / rank);
        counted = found;
      }
      if (found === 0) continue;
      sum += area / found;
      labels++;
    }
    return sum / labels;
  };
}
