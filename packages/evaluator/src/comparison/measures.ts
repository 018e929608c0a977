/**
 * The metrics that runs are compared by, each as a function of what every picture counts: once each for the figure itself, as it was
 * drawn in a resample of the bootstrap. Definitions and conventions are those of `evaluate`.
 */
import { balancedAccuracy } from "../balanced-accuracy.js";
import { labelSetCounter, type ClassCounts } from "../class-counts.js";
import { LABEL_THRESHOLD } from "../label-set-report.js";
import type { ClassJudgements, Judgements, LabelSetJudgements } from "./judgements.js";
import type { Steps } from "./steps.js";

/**
 * A run's figure over pictures that count so much. The weights of each class's pictures sum to their number, as in a stratified resample;
 * of label sets, those of all pictures.
 */
export type Measure = (weights: Float64Array) => number;

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
export function* measuresOf(
  judgements: Judgements,
  rows: Int32Array,
): Steps<ReadonlyMap<ComparisonMetricName, Measure>> {
  return new Map(
    judgements.labelSets ? yield* labelSetMeasures(judgements, rows) : classMeasures(judgements, rows),
  );
}

/** Which pictures the run is right on. */
export function rightOn({ labels, predictions }: ClassJudgements, rows: Int32Array): boolean[] {
  return Array.from(rows, (row) => labels[row] === predictions[row]);
}

function classMeasures(judgements: ClassJudgements, rows: Int32Array): [ComparisonMetricName, Measure][] {
  const classCount = judgements.classNames.length;
  const labels = rows.map((row) => judgements.labels[row]!);
  const predictions = rows.map((row) => judgements.predictions[row]!);
  const losses = new Float64Array(rows.length);
  for (const [picture, row] of rows.entries()) {
    losses[picture] = natsOf(judgements.labelProbabilities[row] ?? Number.NaN, SMALLEST.ofClass);
  }
  const support = new Float64Array(classCount);
  for (const label of labels) support[label]!++;
  // Few, in a network that is any good: all else follows from them.
  const wrong = rows
    .map((_, picture) => picture)
    .filter((picture) => labels[picture] !== predictions[picture]);
  const scores: Scores = (weights) => {
    const hits = support.slice();
    const predicted = new Float64Array(classCount);
    for (const picture of wrong) {
      hits[labels[picture]!]! -= weights[picture]!;
      predicted[predictions[picture]!]! += weights[picture]!;
    }
    for (let index = 0; index < classCount; index++) predicted[index]! += hits[index]!;
    return { hits, predicted, support };
  };
  return [
    ["accuracy", (weights) => 1 - sumOver(wrong, weights) / rows.length],
    ["balanced_accuracy", (weights) => balancedAccuracy(scores(weights))],
    ["macro_f1", (weights) => macroF1(scores(weights))],
    ["loss", meanOf(losses)],
  ];
}

function* labelSetMeasures(
  judgements: LabelSetJudgements,
  rows: Int32Array,
): Steps<[ComparisonMetricName, Measure][]> {
  const labelCount = judgements.classNames.length;
  const inOrder = <T extends Uint8Array | Float32Array>(values: T) => {
    const flat = new Float64Array(rows.length * labelCount);
    for (const [picture, row] of rows.entries())
      flat.set(values.subarray(row * labelCount, (row + 1) * labelCount), picture * labelCount);
    return flat;
  };
  const has = inOrder(judgements.labelSets);
  const said = inOrder(judgements.probabilities);
  yield;
  const meanOverLabels = (valueOf: (has: number, said: number) => number) => {
    const means = new Float64Array(rows.length);
    for (let i = 0; i < has.length; i++) means[Math.floor(i / labelCount)]! += valueOf(has[i]!, said[i]!);
    return meanOf(means.map((sum) => sum / labelCount));
  };
  const scores: Scores = labelSetCounter(has, (place) => said[place]! >= LABEL_THRESHOLD, labelCount);
  yield;
  const precision = yield* meanAveragePrecision({ has, said, labelCount });
  const accuracy = meanOverLabels((is, p) => Number((is === 1) === p >= LABEL_THRESHOLD));
  yield;
  const loss = meanOverLabels((is, p) => natsOf(is === 1 ? p : 1 - p, SMALLEST.ofLabel));
  yield;
  return [
    ["mean_average_precision", precision],
    ["macro_f1", (weights) => macroF1(scores(weights))],
    ["accuracy", accuracy],
    ["loss", loss],
  ];
}

// Written so that NaN stays NaN.
const natsOf = (probability: number, smallest: number) => -Math.log(Math.max(probability, smallest));

function sumOver(pictures: Int32Array, weights: Float64Array): number {
  let sum = 0;
  for (const picture of pictures) sum += weights[picture]!;
  return sum;
}

function meanOf(values: Float64Array): Measure {
  return (weights) => {
    let sum = 0;
    for (let picture = 0; picture < weights.length; picture++) sum += weights[picture]! * values[picture]!;
    return sum / weights.length;
  };
}

type Scores = (weights: Float64Array) => ClassCounts;

/** As `macroAverageOf` of `reportsOf`, without a report of each class for each resample. */
function macroF1({ hits, predicted, support }: ClassCounts): number {
  let [sum, classes] = [0, 0];
  for (let k = 0; k < hits.length; k++) {
    const whole = support[k]! + predicted[k]!;
    if (whole === 0) continue;
    sum += (2 * hits[k]!) / whole;
    classes++;
  }
  return sum / classes;
}

interface RankedLabels {
  readonly has: Float64Array;
  readonly said: Float64Array;
  readonly labelCount: number;
}

/** As `averagePrecision`, the order sorted once for all resamples; over labels that any picture has. */
function* meanAveragePrecision({ has, said, labelCount }: RankedLabels): Steps<Measure> {
  const count = has.length / labelCount;
  // Of each label, the highest score first: 4 · picture, + 1 where it has the label, + 2 where the next one's score is another.
  const rankings: Uint32Array[] = [];
  for (let label = 0; label < labelCount; label++) {
    const scores = new Float64Array(count).map((_, picture) => said[picture * labelCount + label]!);
    const order = new Uint32Array(count).map((_, picture) => picture);
    order.sort((a, b) => scores[b]! - scores[a]!);
    rankings.push(
      order.map((picture, place) => {
        const isLast = scores[order[place + 1]!] !== scores[picture];
        return 4 * picture + 2 * Number(isLast) + has[picture * labelCount + label]!;
      }),
    );
    yield;
  }
  return (weights) => {
    let [sum, labels] = [0, 0];
    for (const ranking of rankings) {
      let [found, counted, rank, area] = [0, 0, 0, 0];
      for (let place = 0; place < count; place++) {
        const code = ranking[place]!;
        const weight = weights[code >>> 2]!;
        rank += weight;
        if (code & 1) found += weight;
        // Pictures of one score stand or fall together.
        if (!(code & 2) || found === counted) continue;
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
